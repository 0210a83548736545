import { type FileHandle, open, stat } from 'node:fs/promises';
import { openFault } from './errors/open-fault.ts';
import { OnnxFileError } from './errors/onnx-file-error.ts';
import { findExternalData } from './external-data/find-external-data.ts';
import type { ModelSummary } from './model-summary.ts';
import { readModel, toFileError } from './reading/read-model.ts';
import { ByteWindow } from './wire/byte-window.ts';
import { WireFault } from './wire/wire-fault.ts';

/** How {@link inspectModel} may be told to stop. */
export interface InspectModelOptions {
  /** (optional) Stops between two reads; the promise rejects with the signal's reason. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Summarizes an ONNX file without loading its weights: it steps over tensor data by position, so memory does not grow
 * with the file. External data files inside the model's folder are looked for, but never opened.
 *
 * @throws OnnxFileError every code except `external-data-*`, which {@link checkExternalData} throws.
 */
export async function inspectModel(path: string, options: InspectModelOptions = {}): Promise<ModelSummary> {
  const { signal } = options;
  signal?.throwIfAborted();
  const size = await sizeOf(path);
  const file = await open(path, 'r').catch((error: unknown) => {
    throw openFault(path, error);
  });
  // `await using` would be shorter, but Node.js 22 cannot parse it when it runs these sources.
  try {
    return await findExternalData(await readFile(path, file, size, signal), signal);
  } finally {
    await file.close();
  }
}

async function readFile(
  path: string,
  file: FileHandle,
  size: number,
  signal?: AbortSignal,
): Promise<ModelSummary> {
  const window = ByteWindow.overFile(size, async (target, position) => {
    const { bytesRead } = await file.read(target, 0, target.byteLength, position);
    return bytesRead;
  });
  const reading = readModel(path, window);
  let step = reading.next();
  while (step.done !== true) {
    signal?.throwIfAborted();
    try {
      await window.fill(step.value);
    } catch (error) {
      throw error instanceof WireFault
        ? toFileError(path, window.at, [], true, error)
        : openFault(path, error);
    }
    step = reading.next();
  }
  return step.value;
}

async function sizeOf(path: string): Promise<number> {
  const stats = await stat(path).catch((error: unknown) => {
    throw openFault(path, error);
  });
  if (stats.isDirectory()) {
    throw new OnnxFileError({
      code: 'model-is-directory',
      path,
      message: `Cannot read the model \`${path}\`: it is a folder. Name the \`.onnx\` file inside it.`,
    });
  }
  // Opening a pipe would wait for its writer, and a device has no size.
  if (!stats.isFile()) {
    throw new OnnxFileError({
      code: 'model-unreadable',
      path,
      message: `Cannot read the model \`${path}\`: it is no regular file. Copy the model into a file first.`,
    });
  }
  return stats.size;
}
