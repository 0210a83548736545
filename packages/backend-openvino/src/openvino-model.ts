import { access, constants } from 'node:fs/promises';
import { ModelError, type ModelSourceV1 } from '@switchyard/core';
import type { Core, Model } from 'openvino-node';
import { saidText } from './openvino-reason.ts';

/** Reads a model from its file or its bytes. Rejects with a `ModelError`. */
export async function readModel(core: Core, source: ModelSourceV1): Promise<{ model: Model; name: string }> {
  const name = 'path' in source ? source.path : source.name;
  if ('path' in source) {
    try {
      await access(source.path, constants.R_OK);
    } catch (error) {
      const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
      const code = absent ? 'model-not-found' : 'model-unreadable';
      const message = absent
        ? `There is no model at \`${name}\`.`
        : `The model \`${name}\` cannot be read: ${saidText(error)}.`;
      throw new ModelError(code, message, {
        model: name,
        remedy: 'Check the path and its permissions.',
        cause: error,
      });
    }
  }
  try {
    // The binding asks for a Buffer, not for any Uint8Array, and copies it before it returns.
    const model =
      'path' in source
        ? await core.readModel(source.path)
        : await core.readModel(
            Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength),
          );
    return { model, name };
  } catch (error) {
    const message = `OpenVINO cannot read \`${name}\`: ${saidText(error)}.`;
    throw new ModelError('model-invalid', message, {
      model: name,
      remedy: 'Check that it is a whole ONNX file.',
      cause: error,
    });
  }
}
