import { loadavg } from 'node:os';
import type { Benchmark, Sample } from './benchmark.ts';
import { inProcess } from './in-process.ts';
import type { BenchmarkResult } from './results.ts';
import { summarize, type RawRounds } from './summarize.ts';
import { available, roundsOf } from './take-rounds.ts';

/** Runs a benchmark in fresh processes. What goes wrong is in the result; it never rejects. */
export async function runBenchmark(benchmark: Benchmark, quick: boolean): Promise<BenchmarkResult> {
  const { name, title, method, processes, metrics } = benchmark;
  const started = performance.now();
  const loadBefore = loadavg()[0] ?? 0;
  const skipped = benchmark.unavailable?.() ?? null;
  let failure: string | null = null;
  let raw: RawRounds = { samples: {}, skipped: {} };
  if (skipped === null) {
    try {
      raw =
        processes === 'shared'
          ? await inProcess<RawRounds>({ benchmark: name, contender: null, quick })
          : await takeFreshRounds(benchmark, quick);
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
  }
  return {
    name,
    title,
    method,
    processes,
    rounds: roundsOf(benchmark, quick).count,
    metrics,
    skipped,
    failure,
    load: [loadBefore, loadavg()[0] ?? 0],
    seconds: (performance.now() - started) / 1000,
    ...summarize(benchmark, raw),
  };
}

async function takeFreshRounds(benchmark: Benchmark, quick: boolean): Promise<RawRounds> {
  const { contenders, skipped } = available(benchmark);
  const samples: Record<string, Sample[]> = {};
  const { count } = roundsOf(benchmark, quick);
  for (let round = 0; round < count; round += 1) {
    const order = round % 2 === 0 ? contenders : contenders.toReversed();
    for (const { name } of order) {
      const sample = await inProcess<Sample>({ benchmark: benchmark.name, contender: name, quick });
      (samples[name] ??= []).push(sample);
    }
  }
  return { samples, skipped };
}
