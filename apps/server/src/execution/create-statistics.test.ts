import { expect, it } from 'vitest';
import { createStatistics } from './create-statistics.ts';

const ZERO = { count: 0, ns: 0 };
const times = { queueNs: 1, inputNs: 2, inferNs: 3, outputNs: 4 };

it('has every member before anything happened', () => {
  expect(createStatistics().snapshot()).toEqual({
    lastInference: 0,
    inferenceCount: 0,
    executionCount: 0,
    infer: {
      success: ZERO,
      fail: ZERO,
      queue: ZERO,
      compute_input: ZERO,
      compute_infer: ZERO,
      compute_output: ZERO,
      cache_hit: ZERO,
      cache_miss: ZERO,
    },
    batches: [],
    failures: { REJECTED: 0, CANCELED: 0, BACKEND: 0, OTHER: 0 },
  });
});

it('counts rows, runs and requests apart, and answers of the cache as successes alone', () => {
  const statistics = createStatistics();
  statistics.executed(8, times);
  statistics.succeeded(8, 20, times, 'miss');
  statistics.executed(3, times);
  statistics.succeeded(1, 10, times, null);
  statistics.succeeded(2, 10, times, null);
  statistics.succeeded(8, 5, { queueNs: 0, inputNs: 0, inferNs: 0, outputNs: 5 }, 'hit');
  statistics.failed('BACKEND', 7);
  const { lastInference, ...rest } = statistics.snapshot();
  expect(lastInference).toBeGreaterThan(0);
  expect(rest).toEqual({
    inferenceCount: 11,
    executionCount: 2,
    infer: {
      success: { count: 4, ns: 45 },
      fail: { count: 1, ns: 7 },
      queue: { count: 3, ns: 3 },
      compute_input: { count: 3, ns: 6 },
      compute_infer: { count: 3, ns: 9 },
      compute_output: { count: 3, ns: 12 },
      cache_hit: { count: 1, ns: 5 },
      cache_miss: { count: 1, ns: 10 },
    },
    batches: [3, 8].map((size) => ({
      batch_size: size,
      compute_input: { count: 1, ns: 2 },
      compute_infer: { count: 1, ns: 3 },
      compute_output: { count: 1, ns: 4 },
    })),
    failures: { REJECTED: 0, CANCELED: 0, BACKEND: 1, OTHER: 0 },
  });
});
