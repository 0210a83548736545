import { expect, test } from 'vitest';
// Compared as booleans: a picture of the difference between two large buffers takes all memory there is.
import { ReusedMemory } from './reused-memory.ts';

test('gives memory again that nobody reads any more, for bodies of nearly the same size', () => {
  const memory = new ReusedMemory();
  const first = memory.take(2_700_000);
  expect(first.byteLength).toBeGreaterThanOrEqual(2_700_000);
  expect(first.byteLength).toBeLessThanOrEqual(2_700_000 * 1.125);
  expect(memory.take(2_700_000) === first).toBe(false);
  memory.give(first);
  expect(memory.take(2_690_000) === first).toBe(true);
});

test('is exactly as long as one of its sizes, whatever is asked for', () => {
  for (let bytes = 1; bytes < 5_000_000; bytes = Math.ceil(bytes * 1.2)) {
    const memory = new ReusedMemory();
    const taken = memory.take(bytes);
    expect(taken.byteLength).toBeGreaterThanOrEqual(bytes);
    expect(taken.byteLength).toBeLessThanOrEqual(Math.max(1024, bytes * 1.125));
    memory.give(taken);
    expect(memory.take(taken.byteLength) === taken).toBe(true);
  }
});

test('keeps no more than 32 MiB, those that were asked for last', () => {
  const memory = new ReusedMemory();
  const old = memory.take(20_000_000);
  const recent = memory.take(17_000_000);
  const huge = memory.take(40_000_000);
  memory.give(old);
  memory.give(recent);
  memory.give(huge);
  expect(memory.take(40_000_000) === huge).toBe(false);
  expect(memory.take(20_000_000) === old).toBe(false);
  expect(memory.take(17_000_000) === recent).toBe(true);
});
