import { expect, it } from 'vitest';
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from './float16.ts';

const FORMATS = [
  { name: 'FP16', toNumber: float16ToNumber, toBits: numberToFloat16, infinity: 0x7c00, nan: 0x7e00 },
  { name: 'BF16', toNumber: bfloat16ToNumber, toBits: numberToBfloat16, infinity: 0x7f80, nan: 0x7fc0 },
];

it.each(FORMATS)('brings every pattern of $name back', ({ toNumber, toBits, infinity, nan }) => {
  for (let bits = 0; bits < 65536; bits += 1) {
    const isNan = (bits & 0x7fff) > infinity;
    if (toBits(toNumber(bits)) !== (isNan ? nan : bits))
      expect(toBits(toNumber(bits))).toBe(isNan ? nan : bits);
  }
});

it.each(FORMATS)('rounds to the nearest $name, ties to even', ({ toNumber, toBits, infinity }) => {
  for (let bits = 0; bits < infinity - 1; bits += 1) {
    const low = toNumber(bits);
    const high = toNumber(bits + 1);
    const middle = (low + high) / 2;
    const nudge = (high - low) * 2 ** -20;
    const even = bits % 2 === 0 ? bits : bits + 1;
    const found = [toBits(middle), toBits(middle - nudge), toBits(middle + nudge), toBits(-middle)];
    if (String(found) !== String([even, bits, bits + 1, even | 0x8000])) {
      expect(found, String(middle)).toEqual([even, bits, bits + 1, even | 0x8000]);
    }
  }
});

it('knows the values of the standard', () => {
  expect([0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400].map(float16ToNumber)).toEqual([
    1,
    -2,
    65504,
    2 ** -24,
    2 ** -14,
  ]);
  expect([65519.99, 65520, -65520, 2 ** -25, 2 ** -25 * 1.001, -0].map(numberToFloat16)).toEqual([
    0x7bff, 0x7c00, 0xfc00, 0, 1, 0x8000,
  ]);
  expect([0x3f80, 0xc000, 0x7f80].map(bfloat16ToNumber)).toEqual([1, -2, Infinity]);
  expect([1, 3.4e38, 1e300, 5e-324, NaN].map(numberToBfloat16)).toEqual([0x3f80, 0x7f80, 0x7f80, 0, 0x7fc0]);
});
