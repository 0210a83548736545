import type { InferStatistics, StatisticDuration } from '@switchyard/open-inference';
import type { ExecutionTimes } from './model-executor.ts';
import type { FailureReason, StatisticsRecorder, StatisticsSnapshot } from './model-statistics.ts';

class Duration {
  count = 0;
  ns = 0;

  add(ns: number): void {
    this.count += 1;
    this.ns += ns;
  }

  read(): StatisticDuration {
    return { count: this.count, ns: Math.round(this.ns) };
  }
}

class BatchStatistics {
  readonly input = new Duration();
  readonly infer = new Duration();
  readonly output = new Duration();
}

/**
 * Counts as Triton does: `inferenceCount` rows, `executionCount` runs, durations of requests, and those of
 * batches by their size. An answer from the cache is a success that was neither queued nor computed.
 */
export function createStatistics(): StatisticsRecorder {
  return new Statistics();
}

class Statistics implements StatisticsRecorder {
  #lastInference = 0;
  #inferenceCount = 0;
  #executionCount = 0;
  readonly #success = new Duration();
  readonly #fail = new Duration();
  readonly #queue = new Duration();
  readonly #all = new BatchStatistics();
  readonly #hit = new Duration();
  readonly #miss = new Duration();
  readonly #batches = new Map<number, BatchStatistics>();
  readonly #failures: Record<FailureReason, number> = { REJECTED: 0, CANCELED: 0, BACKEND: 0, OTHER: 0 };

  executed(batchSize: number, times: ExecutionTimes): void {
    this.#executionCount += 1;
    let batch = this.#batches.get(batchSize);
    if (batch === undefined) this.#batches.set(batchSize, (batch = new BatchStatistics()));
    batch.input.add(times.inputNs);
    batch.infer.add(times.inferNs);
    batch.output.add(times.outputNs);
  }

  succeeded(rows: number, totalNs: number, times: ExecutionTimes, cached: 'hit' | 'miss' | null): void {
    this.#lastInference = Date.now();
    this.#success.add(totalNs);
    if (cached === 'hit') {
      this.#hit.add(totalNs);
      return;
    }
    this.#inferenceCount += rows;
    this.#queue.add(times.queueNs);
    this.#all.input.add(times.inputNs);
    this.#all.infer.add(times.inferNs);
    this.#all.output.add(times.outputNs);
    if (cached === null) return;
    // What is left is the work on the cache itself.
    const known = times.queueNs + times.inputNs + times.inferNs + times.outputNs;
    this.#miss.add(Math.max(0, totalNs - known));
  }

  failed(reason: FailureReason, totalNs: number): void {
    this.#fail.add(totalNs);
    this.#failures[reason] += 1;
  }

  snapshot(): StatisticsSnapshot {
    const infer: InferStatistics = {
      success: this.#success.read(),
      fail: this.#fail.read(),
      queue: this.#queue.read(),
      compute_input: this.#all.input.read(),
      compute_infer: this.#all.infer.read(),
      compute_output: this.#all.output.read(),
      cache_hit: this.#hit.read(),
      cache_miss: this.#miss.read(),
    };
    return {
      lastInference: this.#lastInference,
      inferenceCount: this.#inferenceCount,
      executionCount: this.#executionCount,
      infer,
      batches: [...this.#batches]
        .toSorted(([one], [other]) => one - other)
        .map(([batchSize, { input, infer: run, output }]) => ({
          batch_size: batchSize,
          compute_input: input.read(),
          compute_infer: run.read(),
          compute_output: output.read(),
        })),
      failures: { ...this.#failures },
    };
  }
}
