import { TensorError } from '../errors/tensor-error.ts';
import { isDType, type DType } from './dtype.ts';
import { numberToBfloat16, numberToFloat16 } from './float16.ts';
import { byteLength, elementCount } from './tensor-shape.ts';
import type { NumericTensor, StringTensor, Tensor } from './tensor.ts';

type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

type TypedArrayConstructor = { readonly BYTES_PER_ELEMENT: number; new (length: number): TypedArray };

const STORAGE: Readonly<Record<Exclude<DType, 'string' | 'int4' | 'uint4'>, TypedArrayConstructor>> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
};

const INTEGER_RANGE: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int4: [-8n, 7n],
  uint4: [0n, 15n],
  int8: [-128n, 127n],
  int16: [-32768n, 32767n],
  int32: [-2147483648n, 2147483647n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint8: [0n, 255n],
  uint16: [0n, 65535n],
  uint32: [0n, 4294967295n],
  uint64: [0n, 2n ** 64n - 1n],
};

/**
 * Makes a tensor from bytes that are already laid out as {@link NumericTensor.bytes} describes.
 * The bytes are not copied. Throws a `TensorError` when their number does not fit the shape.
 */
export function tensorFromBytes(
  dtype: Exclude<DType, 'string'>,
  shape: readonly number[],
  bytes: Uint8Array,
): NumericTensor {
  const expected = byteLength(dtype, shape);
  if (bytes.byteLength !== expected) {
    throw new TensorError(
      'input-shape',
      `A ${dtype} tensor of shape [${shape.join(', ')}] takes ${expected} bytes, but ${bytes.byteLength} were given.`,
    );
  }
  return { dtype, shape, bytes };
}

/**
 * Makes a tensor from values in row-major order. Every value must be representable: an integer
 * outside the range, a fraction or NaN for an integer type, or text that is no number throws a
 * `TensorError` that names its position. Floats are rounded to the nearest, ties to even.
 *
 * @param values numbers, bigints, booleans or, for `string` tensors, strings
 */
export function makeTensor(
  dtype: DType,
  shape: readonly number[],
  values: Iterable<number | bigint | boolean | string>,
): Tensor {
  if (!isDType(dtype)) {
    throw new TensorError('input-dtype', `\`${String(dtype)}\` is not an element type.`);
  }
  const list = [...values];
  const expected = elementCount(shape);
  if (list.length !== expected) {
    throw new TensorError(
      'input-shape',
      `A tensor of shape [${shape.join(', ')}] has ${expected} elements, but ${list.length} values were given.`,
    );
  }
  if (dtype === 'string') return makeStringTensor(shape, list);
  if (dtype === 'int4' || dtype === 'uint4') {
    const bytes = new Uint8Array(byteLength(dtype, shape));
    for (const [index, value] of list.entries()) {
      const nibble = Number(integerIn(dtype, value, index)) & 0xf;
      bytes[index >> 1]! |= index % 2 === 0 ? nibble : nibble << 4;
    }
    return { dtype, shape, bytes };
  }
  const storage = new STORAGE[dtype](list.length);
  for (const [index, value] of list.entries()) storage[index] = encode(dtype, value, index) as never;
  return { dtype, shape, bytes: new Uint8Array(storage.buffer) };
}

function makeStringTensor(shape: readonly number[], list: readonly unknown[]): StringTensor {
  for (const [index, value] of list.entries()) {
    if (typeof value !== 'string') {
      throw new TensorError(
        'input-value',
        `Element ${index} of a string tensor is ${describe(value)}, not a string.`,
      );
    }
  }
  return { dtype: 'string', shape, strings: list as string[] };
}

function encode(
  dtype: Exclude<DType, 'string' | 'int4' | 'uint4'>,
  value: unknown,
  index: number,
): number | bigint {
  switch (dtype) {
    case 'bool':
      if (value === true || value === 1 || value === 1n) return 1;
      if (value === false || value === 0 || value === 0n) return 0;
      throw new TensorError(
        'input-value',
        `Element ${index} is ${describe(value)}, but a bool is true, false, 1 or 0.`,
      );
    case 'int64':
    case 'uint64':
      return integerIn(dtype, value, index);
    case 'float32':
    case 'float64':
      return floatIn(dtype, value, index);
    case 'float16':
      return numberToFloat16(floatIn(dtype, value, index));
    case 'bfloat16':
      return numberToBfloat16(floatIn(dtype, value, index));
    case 'int8':
    case 'int16':
    case 'int32':
    case 'uint8':
    case 'uint16':
    case 'uint32':
      return Number(integerIn(dtype, value, index));
  }
}

function floatIn(dtype: DType, value: unknown, index: number): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  throw new TensorError(
    'input-value',
    `Element ${index} is ${describe(value)}, but a ${dtype} tensor holds numbers.`,
  );
}

function integerIn(dtype: DType, value: unknown, index: number): bigint {
  const integer =
    typeof value === 'bigint'
      ? value
      : typeof value === 'number' && Number.isInteger(value)
        ? BigInt(value)
        : null;
  if (integer === null) {
    throw new TensorError(
      'input-value',
      `Element ${index} is ${describe(value)}, but a ${dtype} tensor holds whole numbers.`,
    );
  }
  const [minimum, maximum] = INTEGER_RANGE[dtype]!;
  if (integer < minimum || integer > maximum) {
    throw new TensorError(
      'input-value',
      `Element ${index} is ${integer}, but a ${dtype} goes from ${minimum} to ${maximum}.`,
    );
  }
  return integer;
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `the text ${JSON.stringify(value)}`;
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : `a value of type ${typeof value}`;
}
