import { makeTensor, type Tensor } from '@switchyard/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTensors } from './compare-tensors.ts';
import { TOLERANCES } from './tolerances.ts';

const float32 = (...values: number[]): Tensor => makeTensor('float32', [values.length], values);
const compare = (reference: Tensor, result: Tensor | undefined) =>
  compareTensors('y', reference, result, TOLERANCES);
const moderate = fc.array(fc.float({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 20 });

describe('floats', () => {
  it('agree with themselves, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.float()), (values) => {
        expect(compare(float32(...values), float32(...values))).toMatchObject({
          agrees: true,
          problem: null,
          disagreeing: 0,
        });
      }),
    );
  });

  it('agree within the tolerance and not beyond it', () => {
    fc.assert(
      fc.property(moderate, fc.nat(), fc.constantFrom(-1, 1), (values, chosen, sign) => {
        const index = chosen % values.length;
        const { relative, peak, absolute } = TOLERANCES.float32!;
        const allowed =
          relative * Math.abs(values[index]!) +
          peak * Math.max(...values.map((value) => Math.abs(value))) +
          absolute;
        const off = (factor: number) =>
          float32(...values.map((value, at) => (at === index ? value + sign * factor * allowed : value)));
        expect(compare(float32(...values), off(0.9)).agrees).toBe(true);
        const wrong = compare(float32(...values), off(1.2));
        expect(wrong).toMatchObject({ agrees: false, disagreeing: 1 });
        expect(wrong.problem).toContain(`first in element ${index}`);
      }),
    );
  });

  it('NaN and infinities belong where the reference has them, and nowhere else', () => {
    const special = fc.constantFrom(Number.NaN, Infinity, -Infinity);
    fc.assert(
      fc.property(moderate, fc.nat(), special, special, (values, chosen, one, other) => {
        const index = chosen % values.length;
        const withSpecial = (value: number) =>
          float32(...values.map((kept, at) => (at === index ? value : kept)));
        expect(compare(float32(...values), withSpecial(one)).agrees).toBe(false);
        expect(compare(withSpecial(one), float32(...values)).agrees).toBe(false);
        expect(compare(withSpecial(one), withSpecial(other)).agrees).toBe(Object.is(one, other));
        expect(compare(withSpecial(one), withSpecial(one)).comparable).toBe(values.length - 1);
      }),
    );
  });

  it('errors and likeness are figures', () => {
    expect(compare(float32(1, 2, -4), float32(1, 2.5, -4))).toMatchObject({
      maxAbsoluteError: 0.5,
      maxRelativeError: 0.25,
    });
    expect(compare(float32(1, 0), float32(0, 1)).cosineSimilarity).toBe(0);
    expect(compare(float32(3e30, 4e30), float32(3e30, 4e30)).cosineSimilarity).toBeCloseTo(1, 12);
    expect(compare(float32(0, 0), float32(0, 0))).toMatchObject({
      agrees: true,
      cosineSimilarity: null,
      maxRelativeError: null,
    });
    expect(compare(float32(), float32())).toMatchObject({
      agrees: true,
      comparable: 0,
      maxAbsoluteError: null,
    });
  });

  it('half precision has a wider tolerance, double a narrower one', () => {
    const one = (dtype: 'float16' | 'bfloat16' | 'float64' | 'float32', value: number) =>
      makeTensor(dtype, [1], [value]);
    const agrees = (dtype: Parameters<typeof one>[0], value: number) =>
      compare(one(dtype, 1), one(dtype, value)).agrees;
    expect([agrees('float64', 1.0001), agrees('float32', 1.0001)]).toEqual([false, true]);
    expect([agrees('float32', 1.01), agrees('float16', 1.01)]).toEqual([false, true]);
    expect([agrees('float16', 1.05), agrees('bfloat16', 1.05)]).toEqual([false, true]);
  });

  it('unaligned bytes are read as well', () => {
    const tensor = makeTensor('float32', [2], [1, 2]) as Extract<Tensor, { bytes: Uint8Array }>;
    const shifted = new Uint8Array(9);
    shifted.set(tensor.bytes, 1);
    expect(compare(tensor, { ...tensor, bytes: shifted.subarray(1) }).agrees).toBe(true);
  });
});

describe('everything else is exact', () => {
  it.each([
    ['int64', [1n, 2n ** 60n], [1n, 2n ** 60n + 1n]],
    ['uint8', [7], [8]],
    ['bool', [true], [false]],
    ['int4', [1, -8, 3], [1, -8, 2]],
    ['string', ['cat'], ['dog']],
  ] as const)('%s', (dtype, reference, result) => {
    const made = (values: readonly (number | bigint | boolean | string)[]) =>
      makeTensor(dtype, [values.length], values);
    expect(compare(made(reference), made(reference)).agrees).toBe(true);
    expect(compare(made(reference), made(result))).toMatchObject({ agrees: false, disagreeing: 1 });
  });
});

describe('form', () => {
  it.each<readonly [string, Tensor | undefined, RegExp]>([
    ['is missing', undefined, /missing/],
    [
      'has another shape',
      makeTensor('float32', [1, 2], [1, 2]),
      /float32 \[1, 2\], the reference float32 \[2\]/,
    ],
    ['has another type', makeTensor('float64', [2], [1, 2]), /float64 \[2\]/],
    ['is too short', { dtype: 'float32', shape: [2], bytes: new Uint8Array(4) }, /does not hold as many/],
  ])('an output that %s disagrees', (_name, result, text) => {
    const comparison = compare(float32(1, 2), result);
    expect(comparison).toMatchObject({ agrees: false, disagreeing: 2 });
    expect(comparison.problem).toMatch(text);
  });
});
