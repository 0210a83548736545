import { bfloat16ToNumber, float16ToNumber } from './float16.ts';
import { elementCount } from './tensor-shape.ts';
import type { NumericTensor, Tensor } from './tensor.ts';

/**
 * The elements of a tensor in row-major order: numbers, bigints for `int64` and `uint64`, booleans
 * for `bool`, strings for `string`. The values are copied and exact.
 */
export function tensorValues(tensor: Tensor): (number | bigint | boolean | string)[] {
  if (tensor.dtype === 'string') return [...tensor.strings];
  const count = elementCount(tensor.shape);
  const read = reader(tensor);
  return Array.from({ length: count }, (_, index) => read(index));
}

function reader(tensor: NumericTensor): (index: number) => number | bigint | boolean {
  const { bytes } = tensor;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (tensor.dtype) {
    case 'float32':
      return (index) => view.getFloat32(index * 4, true);
    case 'float64':
      return (index) => view.getFloat64(index * 8, true);
    case 'float16':
      return (index) => float16ToNumber(view.getUint16(index * 2, true));
    case 'bfloat16':
      return (index) => bfloat16ToNumber(view.getUint16(index * 2, true));
    case 'int8':
      return (index) => view.getInt8(index);
    case 'int16':
      return (index) => view.getInt16(index * 2, true);
    case 'int32':
      return (index) => view.getInt32(index * 4, true);
    case 'int64':
      return (index) => view.getBigInt64(index * 8, true);
    case 'uint8':
      return (index) => view.getUint8(index);
    case 'uint16':
      return (index) => view.getUint16(index * 2, true);
    case 'uint32':
      return (index) => view.getUint32(index * 4, true);
    case 'uint64':
      return (index) => view.getBigUint64(index * 8, true);
    case 'bool':
      return (index) => view.getUint8(index) !== 0;
    case 'uint4':
      return (index) => nibble(view, index);
    case 'int4':
      return (index) => {
        const value = nibble(view, index);
        return value > 7 ? value - 16 : value;
      };
  }
}

function nibble(view: DataView, index: number): number {
  const pair = view.getUint8(index >> 1);
  return index % 2 === 0 ? pair & 0xf : pair >> 4;
}
