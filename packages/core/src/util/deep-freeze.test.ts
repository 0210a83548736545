import { expect, it } from 'vitest';
import { deepFreeze } from './deep-freeze.ts';

it('freezes everything reachable and gives back the same value', () => {
  const value = { list: [{ inner: 1 }], plain: 'text', nothing: null };
  expect(deepFreeze(value)).toBe(value);
  for (const part of [value, value.list, value.list[0]]) expect(Object.isFrozen(part)).toBe(true);
});
