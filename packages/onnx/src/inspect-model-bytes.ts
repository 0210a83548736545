import type { ModelSummary } from './model-summary.ts';
import { readModel } from './reading/read-model.ts';
import { ByteWindow } from './wire/byte-window.ts';

/**
 * Summarizes an ONNX model that is in memory. External data is listed but not looked for, since bytes have no folder:
 * `exists` and `fileBytes` are null.
 *
 * @param bytes - The whole file.
 * @param path - (optional) What to call it in the summary and in errors. Default: `<bytes>`.
 * @throws OnnxFileError `model-empty`, `model-not-onnx` or `model-truncated`.
 */
export function inspectModelBytes(bytes: Uint8Array, path = '<bytes>'): ModelSummary {
  const reading = readModel(path, ByteWindow.overBytes(bytes));
  let step = reading.next();
  while (step.done !== true) step = reading.next();
  return step.value;
}
