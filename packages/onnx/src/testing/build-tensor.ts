import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { TensorSpec } from './model-spec.ts';
import { tensorFields } from './write-value.ts';

/**
 * Writes one `TensorProto`, the form in which the ONNX project keeps inputs and outputs of its test cases.
 *
 * @throws RangeError when the data does not fit the shape, TypeError when it does not fit the dtype.
 */
export function buildTensor(spec: TensorSpec): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  tensorFields(writer, spec);
  return writer.finish();
}
