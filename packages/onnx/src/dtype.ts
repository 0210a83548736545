/** The element types that ONNX names, in the order of `TensorProto.DataType` 1 to 23 (onnx/onnx.proto). */
const NAMES = [
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'uint4',
  'int4',
  'float4e2m1',
] as const;

/** An element type that this package knows by name. */
export type KnownOnnxDType = (typeof NAMES)[number];

/** An element type; `unknown(N)` carries the number of one that is newer than this package. */
export type OnnxDType = KnownOnnxDType | `unknown(${number})`;

const BITS: Readonly<Record<KnownOnnxDType, number | null>> = {
  float32: 32,
  uint8: 8,
  int8: 8,
  uint16: 16,
  int16: 16,
  int32: 32,
  int64: 64,
  string: null,
  bool: 8,
  float16: 16,
  float64: 64,
  uint32: 32,
  uint64: 64,
  complex64: 64,
  complex128: 128,
  bfloat16: 16,
  float8e4m3fn: 8,
  float8e4m3fnuz: 8,
  float8e5m2: 8,
  float8e5m2fnuz: 8,
  uint4: 4,
  int4: 4,
  float4e2m1: 4,
};

/** The name of a `TensorProto.DataType` number. */
export function dtypeName(dataType: number): OnnxDType {
  return NAMES[dataType - 1] ?? `unknown(${dataType})`;
}

/** The `TensorProto.DataType` number of a name. */
export function dtypeNumber(dtype: KnownOnnxDType): number {
  return NAMES.indexOf(dtype) + 1;
}

/**
 * Width of one element in bits, or null where there is none: `string`, whose elements differ, and `unknown(N)`.
 * Four-bit types are packed two to a byte (onnx/onnx.proto, `raw_data`).
 */
export function dtypeBits(dtype: OnnxDType): number | null {
  return Object.hasOwn(BITS, dtype) ? BITS[dtype as KnownOnnxDType] : null;
}

/** Bytes that `elements` packed elements take, or null where {@link dtypeBits} is null. */
export function dtypeBytes(dtype: OnnxDType, elements: number): number | null {
  const bits = dtypeBits(dtype);
  if (bits === null) return null;
  return bits < 8 ? Math.ceil((elements * bits) / 8) : elements * (bits / 8);
}
