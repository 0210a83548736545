import { open, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { ModelError, type ModelSourceV1 } from '@switchyard/core';
import { OnnxFileError, checkExternalData, inspectModel } from '@switchyard/onnx';

/** A model as the engine takes it: everything in memory, because its WebAssembly reads no files. */
export interface ModelContent {
  readonly bytes: Uint8Array;
  /** Files that hold weights, by the location that the model gives them. */
  readonly externalData: readonly { readonly path: string; readonly data: Uint8Array }[];
}

/** An ONNX file is one protobuf message, which ends below this many bytes. */
const FILE_LIMIT = 2 ** 31;
/** All that 32-bit WebAssembly can address: model, weights and every tensor of a run together. */
const MEMORY_LIMIT = 2 ** 32;
/** One read of Node.js takes fewer bytes than 2 GiB. */
const READ_AT_ONCE = 2 ** 30;

/**
 * Reads a model and the files beside it that hold its weights.
 *
 * @throws ModelError for what is absent, no file, empty or too large, and for weights outside the model's folder
 */
export async function readModelContent(
  model: ModelSourceV1,
  signal: AbortSignal | undefined,
): Promise<ModelContent> {
  if (!('path' in model)) {
    if (model.bytes.byteLength === 0) throw empty(model.name);
    checkSize(model.name, model.bytes.byteLength, 0);
    return { bytes: model.bytes, externalData: [] };
  }
  const size = await sizeOf(model.path);
  checkSize(model.path, size, 0);
  const files = await externalFiles(model.path, signal);
  checkSize(
    model.path,
    size,
    files.reduce((sum, file) => sum + file.size, 0),
  );
  const folder = path.dirname(model.path);
  const externalData: { path: string; data: Uint8Array }[] = [];
  for (const file of files) {
    const data = await read(path.join(folder, file.location), model.path, signal);
    externalData.push({ path: file.location, data });
  }
  return { bytes: await read(model.path, model.path, signal), externalData };
}

/** Files with weights, each once. A file that cannot be understood has none: the engine says what is wrong. */
async function externalFiles(
  file: string,
  signal: AbortSignal | undefined,
): Promise<readonly { readonly location: string; readonly size: number }[]> {
  try {
    const summary = await inspectModel(file, { signal });
    checkExternalData(summary);
    const sizes = new Map(summary.externalData.map((entry) => [entry.location, entry.fileBytes ?? 0]));
    return [...sizes].map(([location, size]) => ({ location, size }));
  } catch (error) {
    if (!OnnxFileError.isInstance(error)) throw error;
    const { code } = error;
    if (code === 'external-data-missing' || code === 'external-data-outside') {
      throw new ModelError(code, error.message, { model: file, cause: error });
    }
    return [];
  }
}

function checkSize(model: string, file: number, beside: number): void {
  if (file < FILE_LIMIT && file + beside < MEMORY_LIMIT) return;
  const found =
    file >= FILE_LIMIT
      ? `The file \`${model}\` has ${file} bytes, and an ONNX file ends below ${FILE_LIMIT}`
      : `\`${model}\` and the weights beside it have ${file + beside} bytes, and the memory of WebAssembly ends at ${MEMORY_LIMIT}, for weights and tensors together`;
  throw new ModelError('model-unsupported', `${found}.`, {
    model,
    remedy:
      file >= FILE_LIMIT
        ? 'Save the model with its weights in a file of their own, below 4 GiB together; more takes a backend with a native build.'
        : 'Use a backend with a native build, or a model with smaller weights.',
  });
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(file, file, error);
  });
  if (!found.isFile()) {
    throw new ModelError('model-unreadable', `The model \`${file}\` is no file.`, {
      model: file,
      remedy: 'Name the `.onnx` file itself.',
    });
  }
  if (found.size === 0) throw empty(file);
  return found.size;
}

async function read(file: string, model: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(file, 'r');
    const bytes = new Uint8Array((await handle.stat()).size);
    for (let at = 0; at < bytes.byteLength;) {
      if (signal?.aborted === true) break;
      const { bytesRead } = await handle.read(bytes, at, Math.min(READ_AT_ONCE, bytes.byteLength - at), at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return bytes;
  } catch (error) {
    throw unreadable(file, model, error as NodeJS.ErrnoException);
  } finally {
    await handle?.close();
  }
}

function unreadable(file: string, model: string, error: NodeJS.ErrnoException): ModelError {
  const absent = error.code === 'ENOENT' || error.code === 'ENOTDIR';
  return new ModelError(
    absent ? 'model-not-found' : 'model-unreadable',
    absent ? `The model \`${file}\` does not exist.` : `\`${file}\` could not be read: ${error.message}.`,
    { model, cause: error },
  );
}

function empty(model: string): ModelError {
  return new ModelError('model-invalid', `The model \`${model}\` is empty.`, { model });
}
