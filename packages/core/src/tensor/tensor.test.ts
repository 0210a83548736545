import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TensorError } from '../errors/tensor-error.ts';
import { checkFeeds, checkOutputNames } from './check-feeds.ts';
import { DTYPES } from './dtype.ts';
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from './float16.ts';
import { makeTensor, tensorFromBytes } from './make-tensor.ts';
import { byteLength, elementCount } from './tensor-shape.ts';
import { tensorValues } from './tensor-values.ts';

const code = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (TensorError.isInstance(error)) return error.code;
    throw error;
  }
  return 'none';
};

describe('float16', () => {
  it('round-trips every bit pattern that is not NaN', () => {
    for (let bits = 0; bits < 0x10000; bits += 1) {
      const value = float16ToNumber(bits);
      if (!Number.isNaN(value)) expect(numberToFloat16(value)).toBe(bits);
    }
  });

  it('rounds to the nearest, ties to even, like a search over all finite values', () => {
    const finite = Array.from({ length: 0x7c00 }, (_, bits) => float16ToNumber(bits));
    fc.assert(
      fc.property(fc.double({ min: 0, max: 65504, noNaN: true }), (value) => {
        let low = 0;
        let high = finite.length - 1;
        while (low < high) {
          const middle = (low + high + 1) >> 1;
          if (finite[middle]! <= value) low = middle;
          else high = middle - 1;
        }
        const above = Math.min(low + 1, finite.length - 1);
        const toLow = value - finite[low]!;
        const toHigh = finite[above]! - value;
        const nearest = toLow < toHigh || (toLow === toHigh && low % 2 === 0) ? low : above;
        expect(numberToFloat16(value)).toBe(nearest);
      }),
      { numRuns: 5000 },
    );
  });

  it('keeps infinities, signed zeros and NaN', () => {
    expect(numberToFloat16(Infinity)).toBe(0x7c00);
    expect(numberToFloat16(-Infinity)).toBe(0xfc00);
    expect(numberToFloat16(-0)).toBe(0x8000);
    expect(numberToFloat16(65520)).toBe(0x7c00);
    expect(numberToFloat16(65519)).toBe(0x7bff);
    expect(float16ToNumber(numberToFloat16(NaN))).toBeNaN();
  });
});

it('bfloat16 round-trips every bit pattern that is not NaN', () => {
  for (let bits = 0; bits < 0x10000; bits += 1) {
    const value = bfloat16ToNumber(bits);
    if (!Number.isNaN(value)) expect(numberToBfloat16(value)).toBe(bits);
  }
});

describe('makeTensor and tensorValues', () => {
  it.each(DTYPES)('%s keeps scalars, empty shapes and vectors', (dtype) => {
    const one =
      dtype === 'string' ? 'ß\u{1f600}' : dtype === 'bool' ? true : dtype.endsWith('int64') ? 3n : 3;
    for (const shape of [[], [0], [2, 0, 3], [3], [1, 3]]) {
      const values = Array.from({ length: elementCount(shape) }, () => one);
      expect(tensorValues(makeTensor(dtype, shape, values))).toEqual(values);
    }
  });

  it('keeps 64-bit integers beyond 2^53 exactly', () => {
    const values = [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n];
    expect(tensorValues(makeTensor('int64', [3], values))).toEqual(values);
    expect(tensorValues(makeTensor('uint64', [1], [2n ** 64n - 1n]))).toEqual([2n ** 64n - 1n]);
  });

  it('packs four-bit integers low nibble first', () => {
    const tensor = makeTensor('int4', [3], [-8, 7, -1]);
    expect(tensor.dtype !== 'string' && [...tensor.bytes]).toEqual([0x78, 0x0f]);
    expect(tensorValues(tensor)).toEqual([-8, 7, -1]);
    expect(tensorValues(makeTensor('uint4', [3], [15, 0, 9]))).toEqual([15, 0, 9]);
  });

  it('refuses what cannot be represented, and says where', () => {
    expect(code(() => makeTensor('uint8', [2], [1, 256]))).toBe('input-value');
    expect(() => makeTensor('uint8', [2], [1, 256])).toThrow(
      'Element 1 is 256, but a uint8 goes from 0 to 255.',
    );
    expect(code(() => makeTensor('int32', [1], [NaN]))).toBe('input-value');
    expect(code(() => makeTensor('int32', [1], [1.5]))).toBe('input-value');
    expect(code(() => makeTensor('int4', [1], [8]))).toBe('input-value');
    expect(code(() => makeTensor('bool', [1], [2]))).toBe('input-value');
    expect(code(() => makeTensor('float32', [1], ['1']))).toBe('input-value');
    expect(code(() => makeTensor('string', [1], [1]))).toBe('input-value');
    expect(code(() => makeTensor('float32', [2], [1]))).toBe('input-shape');
    expect(code(() => makeTensor('float32', [-1], []))).toBe('input-shape');
    expect(code(() => makeTensor('float8' as never, [], [1]))).toBe('input-dtype');
    expect(code(() => tensorFromBytes('float32', [2], new Uint8Array(7)))).toBe('input-shape');
  });

  it('counts bytes of packed types upwards', () => {
    expect(byteLength('uint4', [3])).toBe(2);
    expect(byteLength('float16', [3])).toBe(6);
    expect(code(() => elementCount([2 ** 40, 2 ** 40]))).toBe('input-shape');
  });
});

describe('checkFeeds', () => {
  const inputs = [
    { name: 'image', dtype: 'float32', shape: ['batch', 3, null] },
    { name: 'mask', dtype: 'bool', shape: ['batch'] },
  ] as const;
  const image = makeTensor('float32', [2, 3, 1], [1, 2, 3, 4, 5, 6]);
  const mask = makeTensor('bool', [2], [true, false]);

  it('accepts what fits', () => {
    expect(() => checkFeeds(inputs, { image, mask })).not.toThrow();
  });

  it.each([
    ['input-unknown', { image, mask, imag: image }, 'Did you mean `image`?'],
    ['input-missing', { image }, '`mask` (bool [batch])'],
    [
      'input-dtype',
      { image: makeTensor('float64', [2, 3, 1], [1, 2, 3, 4, 5, 6]), mask },
      'float64 [2, 3, 1] was given',
    ],
    ['input-rank', { image: makeTensor('float32', [6], [1, 2, 3, 4, 5, 6]), mask }, 'has 1'],
    ['input-shape', { image: makeTensor('float32', [3, 2, 1], [1, 2, 3, 4, 5, 6]), mask }, 'dimension 1'],
    [
      'input-shape',
      { image, mask: makeTensor('bool', [1], [true]) },
      '`batch` is 2 in `image`, but 1 in `mask`',
    ],
    [
      'input-shape',
      { image: { dtype: 'float32', shape: [2, 3, 1], bytes: new Uint8Array(3) } as const, mask },
      'it holds 3',
    ],
  ])('%s', (expected, feeds, text) => {
    expect(code(() => checkFeeds(inputs, feeds))).toBe(expected);
    expect(() => checkFeeds(inputs, feeds)).toThrow(text);
  });

  it('is not fooled by names that every object has', () => {
    expect(code(() => checkFeeds([{ name: 'toString', dtype: 'bool', shape: [] }], {}))).toBe(
      'input-missing',
    );
  });

  it('names the nearest output', () => {
    expect(() => checkOutputNames([{ name: 'logits', dtype: 'float32', shape: [] }], ['logit'])).toThrow(
      '`logits`?',
    );
  });
});
