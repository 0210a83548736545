import { makeTensor, tensorValues, type ValueInfo } from '@switchyard/core';
import { expect, it } from 'vitest';
import { requestOf } from './__fixtures__/open-executor.ts';
import { ReusedMemory } from '../operation/reused-memory.ts';
import { feedsJoin, joinFeeds } from './join-feeds.ts';

const INPUTS: readonly ValueInfo[] = [
  { name: 'x', dtype: 'int16', shape: [null, 2] },
  { name: 'name', dtype: 'string', shape: [null] },
];
const rowsOf = (values: readonly number[]) => ({
  rows: values.length / 2,
  request: requestOf({
    x: makeTensor('int16', [values.length / 2, 2], values),
    name: makeTensor('string', [values.length / 2], values.filter((_, at) => at % 2 === 0).map(String)),
  }),
});

it('rows come to lie behind each other, in memory that was used before', () => {
  const memory = new ReusedMemory();
  const first = joinFeeds(INPUTS, [rowsOf([1, 2, 3, 4]), rowsOf([5, 6])], 3, memory);
  expect(first.feeds['x']).toMatchObject({ shape: [3, 2] });
  expect(tensorValues(first.feeds['x']!)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(first.feeds['name']).toEqual({ dtype: 'string', shape: [3], strings: ['1', '3', '5'] });
  const other = joinFeeds(INPUTS, [rowsOf([7, 8]), rowsOf([9, 9])], 2, memory);
  expect(other.memory[0]).not.toBe(first.memory[0]);
  for (const part of first.memory) memory.give(part);
  const second = joinFeeds(INPUTS, [rowsOf([7, 8]), rowsOf([9, 9])], 2, memory);
  expect(second.memory[0]).toBe(first.memory[0]);
  expect(tensorValues(second.feeds['x']!)).toEqual([7, 8, 9, 9]);
});

it('memory fits, whatever its size', () => {
  const memory = new ReusedMemory();
  for (const size of [0, 1, 1023, 1024, 1025, 5_000_000]) {
    expect(memory.take(size).byteLength).toBeGreaterThanOrEqual(size);
  }
});

it('other dtypes, other sizes and rows that are none do not join', () => {
  const one = rowsOf([1, 2]);
  const wide = {
    rows: 1,
    request: requestOf({ ...one.request.feeds, x: makeTensor('int16', [1, 3], [1, 2, 3]) }),
  };
  const other = {
    rows: 1,
    request: requestOf({ ...one.request.feeds, x: makeTensor('uint16', [1, 2], [1, 2]) }),
  };
  expect(feedsJoin(INPUTS, one, rowsOf([3, 4, 5, 6]))).toBe(true);
  expect(feedsJoin(INPUTS, one, wide)).toBe(false);
  expect(feedsJoin(INPUTS, one, other)).toBe(false);
  expect(feedsJoin(INPUTS, one, { ...one, rows: 2 })).toBe(false);
  const scalar = { rows: 1, request: requestOf({ ...one.request.feeds, x: makeTensor('int16', [], [1]) }) };
  expect(feedsJoin(INPUTS, scalar, scalar)).toBe(false);
});
