import { describe, expect, it } from 'vitest';
import { BENCHMARKS, findBenchmark } from './index.ts';

it('names every benchmark once', () => {
  const names = BENCHMARKS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(() => findBenchmark('nothing')).toThrow(names[0]!);
});

describe.each(BENCHMARKS)('$name', (benchmark) => {
  it('takes at least five rounds', () => {
    expect(benchmark.rounds).toBeGreaterThanOrEqual(5);
  });

  it('compares contenders and metrics that it has', () => {
    const names = benchmark.contenders.map(({ name }) => name);
    const metrics = benchmark.metrics.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { of, over, metric } of benchmark.comparisons) {
      expect(names).toContain(of);
      if (over !== null) expect(names).toContain(over);
      expect(metrics).toContain(metric);
    }
  });
});
