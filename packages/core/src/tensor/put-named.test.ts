import { expect, it } from 'vitest';
import { putNamed } from './put-named.ts';

it('keeps every name as a name', () => {
  const record: Record<string, number> = {};
  for (const [index, name] of ['x', '__proto__', 'constructor', ''].entries()) putNamed(record, name, index);
  expect(Object.entries(record)).toEqual([
    ['x', 0],
    ['__proto__', 1],
    ['constructor', 2],
    ['', 3],
  ]);
  expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
  putNamed(record, '__proto__', 5);
  expect(Object.hasOwn(record, '__proto__') && record['__proto__']).toBe(5);
});
