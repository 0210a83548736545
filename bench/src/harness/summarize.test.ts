import { describe, expect, it } from 'vitest';
import type { Benchmark, Comparison } from './benchmark.ts';
import { summarize } from './summarize.ts';

const benchmarkOf = (...comparisons: readonly Comparison[]): Benchmark => ({
  name: 'made-up',
  title: 'Made up',
  method: 'By hand.',
  processes: 'shared',
  rounds: 3,
  warmUpRounds: 0,
  metrics: [{ name: 'time', unit: 'ms', better: 'lower' }],
  contenders: ['ours', 'theirs', 'absent'].map((name) => ({
    name,
    open: () => Promise.reject(new Error('It is not opened here.')),
  })),
  comparisons,
});

const RAW = {
  // The machine was three times slower in the second round, for both.
  samples: {
    ours: [{ time: 2 }, { time: 6 }, { time: 2.2 }],
    theirs: [{ time: 1 }, { time: 3 }, { time: 1 }],
  },
  skipped: { absent: 'It is not there.' },
};

describe('summarize', () => {
  it('compares round with round, so that a slow while counts on both sides', () => {
    const comparison = { metric: 'time', of: 'ours', over: 'theirs', kind: 'ratio' } as const;
    const [result] = summarize(benchmarkOf(comparison), RAW).comparisons;
    expect(result).toMatchObject({ unit: '×', met: null, spread: { median: 2, minimum: 2, maximum: 2.2 } });
  });

  it('gives differences in the unit of the metric, and values as they are', () => {
    const { comparisons } = summarize(
      benchmarkOf(
        { metric: 'time', of: 'ours', over: 'theirs', kind: 'difference' },
        { metric: 'time', of: 'ours', over: null, kind: 'value' },
      ),
      RAW,
    );
    expect(comparisons.map(({ unit, spread }) => [unit, spread.median])).toEqual([
      ['ms', 1.2000000000000002],
      ['ms', 2.2],
    ]);
  });

  it('says whether the median meets its target', () => {
    const ratio = { metric: 'time', of: 'ours', over: 'theirs', kind: 'ratio' } as const;
    const { comparisons } = summarize(
      benchmarkOf(
        { ...ratio, target: { atMost: 2, from: 'here' } },
        { ...ratio, target: { atMost: 1.9, from: 'here' } },
        { ...ratio, target: { atLeast: 2.1, from: 'here' } },
      ),
      RAW,
    );
    expect(comparisons.map(({ met }) => met)).toEqual([true, false, false]);
  });

  it('names who did not run and compares nothing with it', () => {
    const comparison = { metric: 'time', of: 'ours', over: 'absent', kind: 'ratio' } as const;
    const { contenders, comparisons } = summarize(benchmarkOf(comparison), RAW);
    expect(comparisons).toEqual([]);
    expect(contenders[2]).toEqual({ name: 'absent', skipped: 'It is not there.', samples: [], metrics: {} });
  });

  it('refuses to compare what is not measured', () => {
    const comparison = { metric: 'speed', of: 'ours', over: null, kind: 'value' } as const;
    expect(() => summarize(benchmarkOf(comparison), RAW)).toThrow('no metric of it');
  });
});
