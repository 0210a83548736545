import { type KnownOnnxDType, dtypeBytes } from '../dtype.ts';
import { toBfloat16Bits, toFloat16Bits } from './half-float.ts';
import type { TensorData } from './model-spec.ts';

type Write = (view: DataView, offset: number, value: number | bigint | boolean) => void;

const LITTLE = true;

const bits8: Write = (view, offset, value) => view.setUint8(offset, Number(value));

/** How one element is written, for every dtype whose elements are whole bytes. */
const WRITERS: Readonly<Partial<Record<KnownOnnxDType, Write>>> = {
  float32: (view, offset, value) => view.setFloat32(offset, Number(value), LITTLE),
  float64: (view, offset, value) => view.setFloat64(offset, Number(value), LITTLE),
  float16: (view, offset, value) => view.setUint16(offset, toFloat16Bits(Number(value)), LITTLE),
  bfloat16: (view, offset, value) => view.setUint16(offset, toBfloat16Bits(Number(value)), LITTLE),
  int8: (view, offset, value) => view.setInt8(offset, Number(value)),
  int16: (view, offset, value) => view.setInt16(offset, Number(value), LITTLE),
  int32: (view, offset, value) => view.setInt32(offset, Number(value), LITTLE),
  int64: (view, offset, value) => view.setBigInt64(offset, BigInt(value), LITTLE),
  uint8: bits8,
  uint16: (view, offset, value) => view.setUint16(offset, Number(value), LITTLE),
  uint32: (view, offset, value) => view.setUint32(offset, Number(value), LITTLE),
  uint64: (view, offset, value) => view.setBigUint64(offset, BigInt(value), LITTLE),
  bool: (view, offset, value) => view.setUint8(offset, value ? 1 : 0),
  complex64: (view, offset, value) => view.setFloat32(offset, Number(value), LITTLE),
  complex128: (view, offset, value) => view.setFloat64(offset, Number(value), LITTLE),
  float8e4m3fn: bits8,
  float8e4m3fnuz: bits8,
  float8e5m2: bits8,
  float8e5m2fnuz: bits8,
};

/** `TensorProto.raw_data`: little-endian, four-bit elements packed with the first in the low half of the byte. */
export function toRawData(dtype: KnownOnnxDType, elements: number, data: TensorData): Uint8Array {
  const size = dtypeBytes(dtype, elements);
  if (size === null) throw new TypeError(`A ${dtype} tensor has no raw data.`);
  const parts = dtype === 'complex64' || dtype === 'complex128' ? 2 : 1;
  if (data.length !== elements * parts) {
    throw new RangeError(
      `A ${dtype} tensor needs ${elements * parts} numbers, but its data has ${data.length}.`,
    );
  }
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  const alreadyBits = data instanceof Uint16Array && (dtype === 'float16' || dtype === 'bfloat16');
  const write = alreadyBits ? WRITERS.uint16 : WRITERS[dtype];
  const stride = elements === 0 ? 0 : size / (elements * parts);
  let index = 0;
  for (const value of data) {
    if (typeof value === 'string')
      throw new TypeError(`A ${dtype} tensor cannot hold the text ${JSON.stringify(value)}.`);
    if (write !== undefined) write(view, index * stride, value);
    else bytes[index >> 1]! |= (Number(value) & 0xf) << (index % 2 === 0 ? 0 : 4);
    index += 1;
  }
  return bytes;
}
