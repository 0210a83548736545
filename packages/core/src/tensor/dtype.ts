/**
 * Element types of a tensor, named as ONNX names them in lower case.
 * `int4` and `uint4` are packed two to a byte, low nibble first, as in ONNX.
 */
export type DType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'bfloat16'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'int4'
  | 'uint4'
  | 'bool'
  | 'string';

/** Every {@link DType}, in the order in which documentation and reports list them. */
export const DTYPES: readonly DType[] = Object.freeze([
  'float32',
  'float64',
  'float16',
  'bfloat16',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'int4',
  'uint4',
  'bool',
  'string',
]);

const BITS: Readonly<Record<Exclude<DType, 'string'>, number>> = {
  float32: 32,
  float64: 64,
  float16: 16,
  bfloat16: 16,
  int8: 8,
  int16: 16,
  int32: 32,
  int64: 64,
  uint8: 8,
  uint16: 16,
  uint32: 32,
  uint64: 64,
  int4: 4,
  uint4: 4,
  bool: 8,
};

/** Width of one element in bits. Strings have no fixed width and are not accepted here. */
export function bitsPerElement(dtype: Exclude<DType, 'string'>): number {
  return BITS[dtype];
}

/** Whether a word is one of {@link DTYPES}. */
export function isDType(word: string): word is DType {
  return word === 'string' || Object.hasOwn(BITS, word);
}
