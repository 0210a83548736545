import { describe, expect, test } from 'vitest';
import { dtypeBits, dtypeBytes } from '../dtype.ts';
import { dtypeName, dtypeNumber } from '../dtype.ts';
import { buildModel } from './build-model.ts';
import { toBfloat16Bits, toFloat16Bits } from './half-float.ts';
import { toRawData } from './raw-data.ts';

describe('half floats', () => {
  test.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519, 0x7bff],
    [65520, 0x7c00],
    [Infinity, 0x7c00],
    [-Infinity, 0xfc00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [2 ** -14 - 2 ** -25, 0x0400],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [2 - 2 ** -12, 0x4000],
    [0.1, 0x2e66],
    [NaN, 0x7e00],
  ])('%d is 0x%s', (value, bits) => {
    expect(toFloat16Bits(value)).toBe(bits);
  });

  test('every finite float16 survives the way there and back', () => {
    for (let bits = 0; bits < 0x7c00; bits += 1) {
      const exponent = bits >> 10;
      const fraction = bits & 0x3ff;
      const value = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
      expect(toFloat16Bits(value)).toBe(bits);
    }
  });

  test('bfloat16 rounds to even', () => {
    expect([1, -2, 2.71, 1 + 2 ** -8, 1 + 3 * 2 ** -8, NaN].map(toBfloat16Bits)).toEqual([
      0x3f80, 0xc000, 0x402d, 0x3f80, 0x3f82, 0x7fc0,
    ]);
  });
});

describe('raw data', () => {
  test('little-endian, packed, and from bits', () => {
    expect([...toRawData('int32', 2, [1, -2])]).toEqual([1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff]);
    expect([...toRawData('int64', 1, new BigInt64Array([-1n]))]).toEqual(Array(8).fill(0xff));
    expect([...toRawData('int4', 3, [1, -2, 7])]).toEqual([0xe1, 0x07]);
    expect([...toRawData('uint4', 2, [15, 1])]).toEqual([0x1f]);
    expect([...toRawData('float16', 2, [1, -2])]).toEqual([0x00, 0x3c, 0x00, 0xc0]);
    expect([...toRawData('float16', 1, Uint16Array.of(0x3c00))]).toEqual([0x00, 0x3c]);
    expect([...toRawData('bool', 2, [true, false])]).toEqual([1, 0]);
    expect(toRawData('complex64', 2, [1, 0, 0, 1])).toHaveLength(16);
    expect(toRawData('float64', 0, [])).toHaveLength(0);
  });

  test('data that does not fit is refused', () => {
    expect(() => toRawData('float32', 3, [1, 2])).toThrow('needs 3 numbers, but its data has 2');
    expect(() => toRawData('float32', 1, ['one'])).toThrow('cannot hold the text "one"');
    expect(() => toRawData('string', 1, ['one'])).toThrow('no raw data');
    const initializers = [{ name: 'w', dtype: 'float32', shape: [1] }] as const;
    expect(() => buildModel({ outputs: [], nodes: [], initializers })).toThrow('exactly one of `data`');
  });
});

test('dtype names, numbers and widths agree with onnx.proto', () => {
  expect([1, 7, 8, 9, 10, 11, 16, 17, 20, 21, 22, 23].map(dtypeName)).toEqual([
    'float32',
    'int64',
    'string',
    'bool',
    'float16',
    'float64',
    'bfloat16',
    'float8e4m3fn',
    'float8e5m2fnuz',
    'uint4',
    'int4',
    'float4e2m1',
  ]);
  for (let number = 1; number <= 23; number += 1) {
    const name = dtypeName(number);
    expect(dtypeNumber(name as Parameters<typeof dtypeNumber>[0])).toBe(number);
    expect(dtypeBits(name) === null).toBe(name === 'string');
  }
  expect([dtypeName(0), dtypeName(24)]).toEqual(['unknown(0)', 'unknown(24)']);
  expect([dtypeBytes('int4', 5), dtypeBytes('float32', 5), dtypeBytes('unknown(24)', 5)]).toEqual([
    3,
    20,
    null,
  ]);
});
