/** What one round measured, by metric name. A metric that a contender does not have is left out. */
export type Sample = Readonly<Record<string, number>>;

/** How hard a round works. `quick` only shows that everything runs; its figures mean nothing. */
export interface RoundContext {
  readonly quick: boolean;
}

/** A contender that is ready to be measured. */
export interface OpenContender extends AsyncDisposable {
  /** Does the work of one round and says what it took. */
  measure(): Promise<Sample>;
}

/** One way of doing the work of a benchmark. */
export interface Contender {
  readonly name: string;
  /** (optional) Why it cannot run here, or `null`. Default: it can. */
  unavailable?(): string | null;
  /** Makes everything that is not to be measured: models, workers, sessions. */
  open(context: RoundContext): Promise<OpenContender>;
}

/** A quantity that every round gives. */
export interface Metric {
  readonly name: string;
  /** `µs`, `ms`, `runs/s`, `MB`. */
  readonly unit: string;
  readonly better: 'lower' | 'higher';
}

/** A bound that somebody set for a figure. It is reported as met or missed and never fails a run. */
export interface Target {
  readonly atMost?: number;
  readonly atLeast?: number;
  /** Where the bound stands: `issue 3`. */
  readonly from: string;
}

/** Two contenders of one round beside each other. */
export interface Comparison {
  readonly metric: string;
  readonly of: string;
  /** What it is compared with; `null` looks at the metric of `of` alone. */
  readonly over: string | null;
  /** `ratio`: of / over. `difference`: of - over, in the metric's unit. `value`: the metric itself. */
  readonly kind: 'ratio' | 'difference' | 'value';
  /** (optional) Bound. Default: the figure is only reported. */
  readonly target?: Target;
  /** (optional) What has to be known to read the figure. Default: nothing. */
  readonly note?: string;
}

/** Contenders that do the same work, and how their figures are put beside each other. */
export interface Benchmark {
  /** Lower-case words joined by hyphens: what a person types. */
  readonly name: string;
  readonly title: string;
  /** What the work is and how it is measured, in a few sentences. */
  readonly method: string;
  /**
   * `shared`: one fresh process for the benchmark, in which the contenders take turns.
   * `fresh`: a process of its own for every contender in every round, because state matters.
   */
  readonly processes: 'shared' | 'fresh';
  /** Rounds that count; at least five. */
  readonly rounds: number;
  /** Rounds before them that do not; 0 where the first time is what is measured. */
  readonly warmUpRounds: number;
  readonly metrics: readonly Metric[];
  readonly contenders: readonly Contender[];
  readonly comparisons: readonly Comparison[];
  /** (optional) Why it cannot run here, or `null`. Default: it can. */
  unavailable?(): string | null;
}
