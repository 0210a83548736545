import { expect, it } from 'vitest';
import { appleChip } from './apple-chip.ts';

it.each([
  ['Apple M4 Max', { family: 'M4', virtual: false }],
  ['Apple M1', { family: 'M1', virtual: false }],
  ['Apple M2 Ultra', { family: 'M2', virtual: false }],
  ['Apple M12 Pro', { family: 'M12', virtual: false }],
  ['Apple A18 Pro', { family: 'A18', virtual: false }],
  ['Apple M1 (Virtual)', { family: 'M1', virtual: true }],
  ['VirtualApple @ 2.50GHz', null],
  ['Intel(R) Core(TM) i9-9980HK CPU @ 2.40GHz', null],
  ['Apple processor', null],
  ['', null],
])('%s', (model, chip) => {
  expect(appleChip(model)).toEqual(chip);
});
