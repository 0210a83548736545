import { quantile } from '../harness/statistics.ts';

/** Percentiles of what each of many calls took, in microseconds. */
export interface Latencies {
  readonly p50: number;
  readonly p95: number;
}

/** Calls `run` one after the other, `count` times. */
export async function timeRuns(count: number, run: () => Promise<unknown>): Promise<Latencies> {
  const taken = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const before = performance.now();
    await run();
    taken[index] = (performance.now() - before) * 1000;
  }
  taken.sort();
  return { p50: quantile(taken, 0.5), p95: quantile(taken, 0.95) };
}

/** Calls `run` from `width` lanes at once until `count` calls are done; calls per second. */
export async function pipelinedRuns(
  count: number,
  width: number,
  run: () => Promise<unknown>,
): Promise<number> {
  let left = count;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await run();
    }
  };
  const before = performance.now();
  await Promise.all(Array.from({ length: width }, lane));
  return (count * 1000) / (performance.now() - before);
}
