import type { Comparison, Metric, Sample, Target } from './benchmark.ts';
import type { Spread } from './statistics.ts';

/** The machine and the versions that the figures belong to. */
export interface MachineRecord {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly os: string;
  readonly arch: string;
  readonly node: string;
  readonly v8: string;
  readonly onnxruntime: string;
  readonly switchyard: string;
  /** Commit of the working tree, with `+` when it was changed since; `unknown` outside git. */
  readonly commit: string;
  /** Whether the packages ran as built (`dist`) or from their sources. */
  readonly code: 'dist' | 'source';
}

/** The rounds of one contender. */
export interface ContenderResult {
  readonly name: string;
  /** Why it did not run, or `null`. */
  readonly skipped: string | null;
  readonly samples: readonly Sample[];
  readonly metrics: Readonly<Record<string, Spread>>;
}

/** A comparison with its figures. */
export interface ComparisonResult extends Comparison {
  readonly unit: string;
  /** Round by round, A against B of the same round. */
  readonly spread: Spread;
  /** Whether the median meets the target; `null` without one. */
  readonly met: boolean | null;
}

/** Everything about one benchmark. */
export interface BenchmarkResult {
  readonly name: string;
  readonly title: string;
  readonly method: string;
  readonly processes: 'shared' | 'fresh';
  readonly rounds: number;
  readonly metrics: readonly Metric[];
  /** Why it did not run, or `null`. */
  readonly skipped: string | null;
  /** What broke, or `null`. */
  readonly failure: string | null;
  /** One-minute load average when it began and when it ended. */
  readonly load: readonly [number, number];
  readonly seconds: number;
  readonly contenders: readonly ContenderResult[];
  readonly comparisons: readonly ComparisonResult[];
}

/** The document that `--json` prints. */
export interface BenchReport {
  readonly format: 'switchyard-bench/1';
  readonly time: string;
  readonly quick: boolean;
  readonly machine: MachineRecord;
  readonly benchmarks: readonly BenchmarkResult[];
}

/** Whether a figure is within its bounds. */
export function meets(figure: number, target: Target): boolean {
  return figure <= (target.atMost ?? Infinity) && figure >= (target.atLeast ?? -Infinity);
}
