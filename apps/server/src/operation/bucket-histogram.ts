import type { Histogram, Registry } from 'prom-client';

/** Counts of one set of labels. */
export class BucketCounts {
  readonly labels: Readonly<Record<string, string>>;
  /** Observations up to each bound that are above the one before; the last counts what is above all bounds. */
  readonly counts: Float64Array;
  sum = 0;
  readonly #bounds: readonly number[];

  constructor(labels: Readonly<Record<string, string>>, bounds: readonly number[]) {
    this.labels = labels;
    this.counts = new Float64Array(bounds.length + 1);
    this.#bounds = bounds;
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]!) bucket += 1;
    this.counts[bucket]! += 1;
    this.sum += value;
  }
}

/**
 * A histogram that a registry of prom-client prints like its own. An observation is two additions, where
 * prom-client's hashes the labels anew: with four observations a request that was a tenth of a core.
 */
export class BucketHistogram {
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly name: string;
  readonly help: string;
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, BucketCounts>();

  /** @param bounds ascending */
  constructor(name: string, help: string, bounds: readonly number[], registry: Registry) {
    this.name = name;
    this.help = help;
    this.#bounds = bounds;
    // What a registry asks of a metric is `name` and `get`.
    registry.registerMetric(this as unknown as Histogram);
  }

  /** The counts of these labels, from zero on where there are none yet. */
  series(labels: Readonly<Record<string, string>>): BucketCounts {
    const key = JSON.stringify(labels);
    let counts = this.#series.get(key);
    if (counts === undefined) {
      counts = new BucketCounts({ ...labels }, this.#bounds);
      this.#series.set(key, counts);
    }
    return counts;
  }

  remove(labels: Readonly<Record<string, string>>): void {
    this.#series.delete(JSON.stringify(labels));
  }

  /** What a registry prints. */
  async get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    const values = [...this.#series.values()].flatMap((series) => this.#samples(series));
    return { name, help, type, aggregator, values };
  }

  #samples({ labels, counts, sum }: BucketCounts): object[] {
    let below = 0;
    const buckets = [...this.#bounds, '+Inf'].map((le, at) => {
      below += counts[at]!;
      return { metricName: `${this.name}_bucket`, labels: { le, ...labels }, value: below };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: below },
    ];
  }
}
