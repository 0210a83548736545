import { access, constants } from 'node:fs/promises';
import { extname } from 'node:path';
import { ModelError, type ModelSourceV1 } from '@switchyard/core';
import type { Core, Model } from 'openvino-node';
import { weightsOfIr } from './openvino-ir.ts';
import { saidText } from './openvino-error.ts';

/** Formats that OpenVINO has front ends for and this backend was never tried with. */
const OTHER_FORMATS: readonly string[] = ['.pb', '.pbtxt', '.meta', '.tflite', '.pdmodel', '.pt', '.pth'];

/**
 * Reads an ONNX model from its file or its bytes, or an OpenVINO IR model from its `.xml` file with the
 * `.bin` file beside it. Rejects with a `ModelError`.
 */
export async function readModel(core: Core, source: ModelSourceV1): Promise<{ model: Model; name: string }> {
  const name = 'path' in source ? source.path : source.name;
  try {
    return { model: await ('path' in source ? readFile(core, source.path) : readBytes(core, source)), name };
  } catch (error) {
    if (error instanceof ModelError) throw error;
    const said = saidText(error);
    if (/external[ _]data/i.test(said)) {
      throw new ModelError(
        'external-data-missing',
        `OpenVINO cannot read the data files of \`${name}\`: ${said}.`,
        {
          model: name,
          remedy:
            'Put every data file where the model names it, beside the model file, and open the model by its path.',
          cause: error,
        },
      );
    }
    throw new ModelError('model-invalid', `OpenVINO cannot read \`${name}\`: ${said}.`, {
      model: name,
      remedy: 'Check that it is a whole ONNX file, or an OpenVINO IR `.xml` file.',
      cause: error,
    });
  }
}

async function readFile(core: Core, path: string): Promise<Model> {
  const extension = extname(path).toLowerCase();
  if (OTHER_FORMATS.includes(extension)) {
    throw new ModelError('model-unsupported', `\`${path}\` is neither an ONNX nor an OpenVINO IR model.`, {
      model: path,
      remedy: 'Export it as ONNX, or convert it to OpenVINO IR with `ovc`.',
    });
  }
  await checkReadable(path);
  if (extension !== '.xml') return core.readModel(path);
  const weights = await weightsOfIr(path);
  return weights === null ? core.readModel(path) : core.readModel(path, weights);
}

async function readBytes(
  core: Core,
  source: { readonly bytes: Uint8Array; readonly name: string },
): Promise<Model> {
  // Of IR the bytes are only half; without its weights OpenVINO would read it and compute nothing of use.
  if (/^(?:\u{FEFF})?\s*</u.test(Buffer.from(source.bytes.subarray(0, 64)).toString('utf8'))) {
    throw new ModelError(
      'model-unsupported',
      `\`${source.name}\` is XML, and an OpenVINO IR model needs its \`.bin\` file too.`,
      {
        model: source.name,
        remedy: 'Open it by the path of its `.xml` file.',
      },
    );
  }
  // The binding asks for a Buffer, not for any Uint8Array, and copies it before it returns.
  return core.readModel(Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength));
}

async function checkReadable(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const code = absent ? 'model-not-found' : 'model-unreadable';
    const message = absent
      ? `There is no model at \`${path}\`.`
      : `The model \`${path}\` cannot be read: ${saidText(error)}.`;
    throw new ModelError(code, message, {
      model: path,
      remedy: 'Check the path and its permissions.',
      cause: error,
    });
  }
}
