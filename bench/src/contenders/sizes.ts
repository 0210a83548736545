import type { Tensors } from '@switchyard/core';
import type { Metric, Sample } from '../harness/benchmark.ts';
import { timeRuns } from './time-runs.ts';

/** A size of tensor that people send: a feature vector, an image, a batch of images or audio. */
export interface TensorSize {
  readonly name: '256 B' | '0.6 MiB' | '6 MiB';
  readonly bytes: number;
  /** Calls in one round; fewer in quick mode. */
  readonly calls: number;
}

const SIZES: readonly TensorSize[] = [
  { name: '256 B', bytes: 256, calls: 2000 },
  // 1 x 3 x 224 x 224 float32, 602,112 bytes.
  { name: '0.6 MiB', bytes: 1 * 3 * 224 * 224 * 4, calls: 200 },
  { name: '6 MiB', bytes: 6 * 2 ** 20, calls: 40 },
];

/** One metric per size: the median time of a call. */
export const SIZE_METRICS: readonly Metric[] = SIZES.map(({ name }) => ({
  name: `p50 ${name}`,
  unit: 'µs',
  better: 'lower',
}));

/** Runs of every size, each as a function that does one. */
export async function measureSizes(
  quick: boolean,
  runOf: (size: TensorSize) => () => Promise<unknown>,
): Promise<Sample> {
  const sample: Record<string, number> = {};
  for (const size of SIZES) {
    const calls = quick ? 5 : size.calls;
    sample[`p50 ${size.name}`] = (await timeRuns(calls, runOf(size))).p50;
  }
  return sample;
}

/** Feeds of one float32 vector `x`, with bytes that are not all the same. */
export function vectorFeeds(bytes: number): Tensors {
  const values = Float32Array.from({ length: bytes / 4 }, (_, index) => index % 251);
  return { x: { dtype: 'float32', shape: [values.length], bytes: new Uint8Array(values.buffer) } };
}
