import { makeTensor, tensorValues } from '@switchyard/core';
import { expect, it } from 'vitest';
import { cacheKey, ResponseCache } from './response-cache.ts';

it('no two different questions have the same key', () => {
  const x = makeTensor('int32', [2, 2], [1, 2, 3, 4]);
  const questions = [
    cacheKey({ x }, null),
    cacheKey({ x }, []),
    cacheKey({ x }, ['y']),
    cacheKey({ x }, ['y', 'z']),
    cacheKey({ z: x }, null),
    cacheKey({ x, z: x }, null),
    cacheKey({ x: makeTensor('int32', [4, 1], [1, 2, 3, 4]) }, null),
    cacheKey({ x: makeTensor('uint32', [2, 2], [1, 2, 3, 4]) }, null),
    cacheKey({ x: makeTensor('int32', [2, 2], [1, 2, 3, 5]) }, null),
    cacheKey({ x: makeTensor('string', [2], ['a', 'b']) }, null),
    cacheKey({ x: makeTensor('string', [2], ['a,', 'b']) }, null),
    cacheKey({ x: makeTensor('string', [2], ['a","b', '']) }, null),
  ];
  expect(new Set(questions).size).toBe(questions.length);
  const z = makeTensor('int32', [1], [1]);
  expect(cacheKey({ z, x }, null)).toBe(cacheKey({ x, z }, null));
});

it('keeps copies, and never more bytes than it may', () => {
  const cache = new ResponseCache(10_000);
  const bytes = new Uint8Array(4000);
  const y = { dtype: 'uint8', shape: [4000], bytes } as const;
  cache.set('one', { y });
  bytes.fill(9);
  expect(tensorValues(cache.get('one')!['y']!)[0]).toBe(0);
  cache.set('two', { y });
  expect(cache.get('one')).not.toBeNull();
  cache.set('three', { y });
  expect(cache.get('two')).toBeNull();
  expect(cache.get('one')).not.toBeNull();
  cache.set('huge', { y: { dtype: 'uint8', shape: [20_000], bytes: new Uint8Array(20_000) } });
  expect(cache.get('huge')).toBeNull();
});
