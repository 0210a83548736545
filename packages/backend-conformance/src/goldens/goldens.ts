import { makeTensor, type DType } from '@switchyard/core';
import type { Golden } from './golden-model.ts';
import {
  CHOICE,
  CONVOLUTION,
  COUNTING,
  difference,
  floats,
  identity,
  MATMUL,
  PERCEPTRON,
  SOFTMAX,
} from './models.ts';

type Value = number | bigint | boolean | string;

/** Values at the ends of what each element type holds. */
const EXTREMES: Readonly<Record<DType, readonly Value[]>> = {
  float32: [0, -0, 1.5, -3.4028234663852886e38, 1.401298464324817e-45],
  float64: [0, -0, 0.1, -1.7976931348623157e308, 5e-324],
  float16: [0, -0, 1.5, -65504, 0.00006103515625],
  bfloat16: [0, -0, 1.5, -256, 0.0078125],
  int8: [0, 1, -128, 127],
  int16: [0, -1, -32_768, 32_767],
  int32: [0, -1, -2_147_483_648, 2_147_483_647],
  int64: [0n, -1n, -9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
  uint8: [0, 1, 128, 255],
  uint16: [0, 1, 32_768, 65_535],
  uint32: [0, 1, 2_147_483_648, 4_294_967_295],
  uint64: [0n, 1n, 9_223_372_036_854_775_808n, 18_446_744_073_709_551_615n],
  int4: [-8, 7, 0, -1],
  uint4: [0, 15, 8, 1],
  bool: [true, false, true, true],
  string: ['', 'plain', 'größer', '文字'],
};

/** A tensor of each element type goes through unchanged, bit by bit. */
export function identityGolden(dtype: DType): Golden {
  const values = EXTREMES[dtype];
  const x = makeTensor(dtype, [values.length], values);
  return { ...identity(dtype), dtype, required: true, runs: [{ feeds: { x }, expected: { y: x } }] };
}

/** Element types that `Sub` of opset 17 has. */
export const ARITHMETIC: readonly DType[] = Object.freeze([
  'float32',
  'float64',
  'float16',
  'int32',
  'int64',
]);

/** Two inputs in the order of their names, not in that of the file; every dtype has the same small numbers. */
export function differenceGolden(dtype: DType): Golden {
  const whole = dtype.startsWith('int');
  const of = (numbers: readonly number[]) =>
    makeTensor(dtype, [numbers.length], dtype === 'int64' ? numbers.map((one) => BigInt(one)) : numbers);
  const feeds = whole
    ? { a: of([7, -3, 100]), b: of([2, -5, 1]) }
    : { a: of([7.5, -3, 100]), b: of([2.25, -5, 0.5]) };
  const expected = { difference: whole ? of([5, 2, 99]) : of([5.25, 2, 99.5]) };
  return { ...difference(dtype), dtype, required: dtype === 'float32', runs: [{ feeds, expected }] };
}

/** Operators of every network, in float32. Stored values are those of the arithmetic in double precision. */
export const OPERATORS: readonly Golden[] = [
  {
    ...MATMUL,
    dtype: 'float32',
    required: true,
    runs: [
      {
        feeds: {
          left: floats([2, 3], [1, 2, 3, -4, 5, 0.5]),
          right: floats([3, 2], [0.5, -1, 2, 4, -3, 0.25]),
        },
        expected: { product: floats([2, 2], [-4.5, 7.75, 6.5, 24.125]) },
      },
    ],
  },
  {
    ...SOFTMAX,
    dtype: 'float32',
    required: true,
    runs: [
      {
        feeds: { x: floats([2, 3], [1, 2, 3, 1000, 1000, -1000]) },
        expected: {
          y: floats([2, 3], [0.09003057317038046, 0.24472847105479767, 0.6652409557748219, 0.5, 0.5, 0]),
        },
      },
    ],
  },
  {
    ...CONVOLUTION,
    dtype: 'float32',
    required: true,
    runs: [
      {
        feeds: { x: floats([1, 1, 3, 4], [1, 2, 3, 4, 5, 6, 7, 8, -1, 0, 1, 0.5]) },
        expected: { y: floats([1, 2, 1, 2], [-7.5, -6, 13, 16.625]) },
      },
    ],
  },
  {
    ...PERCEPTRON,
    dtype: 'float32',
    required: true,
    runs: [
      {
        feeds: { x: floats([1, 4], [1, -0.5, 0.25, 2]) },
        expected: { y: floats([1, 2], [-0.10778199218739325, -0.09016261007029128]) },
      },
    ],
  },
];

/** Three rows at once, each of them the one that it is alone. */
export const BATCH: Golden = {
  ...PERCEPTRON,
  dtype: 'float32',
  required: true,
  runs: [
    {
      feeds: { x: floats([3, 4], [1, -0.5, 0.25, 2, 0, 0, 0, 0, -3, 2, 1, -1]) },
      expected: {
        y: floats(
          [3, 2],
          [
            -0.10778199218739325, -0.09016261007029128, -0.10008817526124848, 0.14369397817370322,
            0.12555631012228852, 0.15728881773383052,
          ],
        ),
      },
    },
  ],
};

/** What is not a number, or has no end, stays what it is. */
export const NOT_FINITE: Golden = {
  ...difference('float32'),
  dtype: 'float32',
  required: true,
  runs: [
    {
      feeds: {
        a: floats([6], [NaN, Infinity, -Infinity, 1, Infinity, 3e38]),
        b: floats([6], [1, 1, 5, NaN, Infinity, -3e38]),
      },
      expected: { difference: floats([6], [NaN, Infinity, -Infinity, NaN, NaN, Infinity]) },
    },
  ],
};

/** One session, several sizes of the same dimension, and none. */
export const SIZES: Golden = {
  ...difference('float32'),
  dtype: 'float32',
  required: true,
  runs: [1, 5, 2, 33].map((count) => {
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    const shape = [count];
    return {
      feeds: {
        a: floats(
          shape,
          numbers.map((one) => one * 3),
        ),
        b: floats(shape, numbers),
      },
      expected: {
        difference: floats(
          shape,
          numbers.map((one) => one * 2),
        ),
      },
    };
  }),
};

/** A dimension of size 0. */
export const EMPTY: Golden = {
  ...difference('float32'),
  dtype: 'float32',
  required: false,
  runs: [
    {
      feeds: { a: floats([0], []), b: floats([0], []) },
      expected: { difference: floats([0], []) },
    },
  ],
};

/** Both branches of an `If`, and a `Loop` that turns never and three times. */
export const CONTROL_FLOW: readonly Golden[] = [
  {
    ...CHOICE,
    dtype: 'float32',
    required: false,
    runs: [true, false].map((condition) => ({
      feeds: { condition: makeTensor('bool', [], [condition]), x: floats([3], [-2, 0, 4]) },
      expected: { y: floats([3], condition ? [1, 1, 5] : [2, 0, -4]) },
    })),
  },
  {
    ...COUNTING,
    dtype: 'float32',
    required: false,
    runs: [0, 3].map((count) => ({
      feeds: {
        count: makeTensor('int64', [], [BigInt(count)]),
        start: floats([1], [1.5]),
        step: floats([1], [0.25]),
      },
      expected: { result: floats([1], [1.5 + count * 0.25]) },
    })),
  },
];
