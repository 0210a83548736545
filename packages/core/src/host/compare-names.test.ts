import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareNames } from './compare-names.ts';

it('orders numbers inside names by their value', () => {
  expect(['gpu10', 'gpu9', 'gpu', 'gpu9b', 'card1'].toSorted(compareNames)).toEqual([
    'card1',
    'gpu',
    'gpu9',
    'gpu9b',
    'gpu10',
  ]);
});

it('is an order: opposite ways round it gives opposite answers, and zero only for the same name', () => {
  const name = fc.stringMatching(/^[a-b0-1]{0,6}$/);
  fc.assert(
    fc.property(name, name, (left, right) => {
      const there = Math.sign(compareNames(left, right));
      expect(there + Math.sign(compareNames(right, left))).toBe(0);
      expect(there === 0).toBe(left === right);
    }),
  );
});
