import type { Benchmark, Comparison, Sample } from './benchmark.ts';
import { meets, type BenchmarkResult, type ComparisonResult, type ContenderResult } from './results.ts';
import { spreadOf, type Spread } from './statistics.ts';

/** What the rounds of a benchmark gave, before anything is computed from it. */
export interface RawRounds {
  /** Samples by contender name, in the order of the rounds. */
  readonly samples: Readonly<Record<string, readonly Sample[]>>;
  /** Reasons of contenders that did not run, by name. */
  readonly skipped: Readonly<Record<string, string>>;
}

/** Medians, spreads and comparisons of a benchmark's rounds. */
export function summarize(
  benchmark: Benchmark,
  raw: RawRounds,
): Pick<BenchmarkResult, 'comparisons' | 'contenders'> {
  const contenders = benchmark.contenders.map(({ name }): ContenderResult => {
    const samples = raw.samples[name] ?? [];
    const metrics: Record<string, Spread> = {};
    for (const metric of benchmark.metrics) {
      const values = samples.flatMap((sample) => sample[metric.name] ?? []);
      if (values.length > 0) metrics[metric.name] = spreadOf(values);
    }
    return { name, skipped: raw.skipped[name] ?? null, samples, metrics };
  });
  const comparisons = benchmark.comparisons.flatMap(
    (comparison) => compare(benchmark, comparison, raw) ?? [],
  );
  return { contenders, comparisons };
}

/** Pairs the rounds, so that a machine that is slow for a while is slow for both sides. */
function compare(benchmark: Benchmark, comparison: Comparison, raw: RawRounds): ComparisonResult | null {
  const { metric, of, over, kind, target } = comparison;
  const unit = benchmark.metrics.find(({ name }) => name === metric)?.unit;
  if (unit === undefined)
    throw new TypeError(`\`${benchmark.name}\` compares \`${metric}\`, no metric of it.`);
  const left = raw.samples[of] ?? [];
  const right = over === null ? [] : (raw.samples[over] ?? []);
  const figures = left.flatMap((sample, round) => {
    const figure = sample[metric];
    const base = right[round]?.[metric];
    if (figure === undefined) return [];
    if (kind === 'value') return [figure];
    if (base === undefined) return [];
    return [kind === 'ratio' ? figure / base : figure - base];
  });
  if (figures.length === 0) return null;
  const spread = spreadOf(figures);
  return {
    ...comparison,
    unit: kind === 'ratio' ? '×' : unit,
    spread,
    met: target === undefined ? null : meets(spread.median, target),
  };
}
