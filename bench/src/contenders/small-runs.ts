import type { IsolationV1 } from '@switchyard/core';
import { identityModel } from '@switchyard/onnx/testing';
import type { Contender, OpenContender, RoundContext, Sample } from '../harness/benchmark.ts';
import { openPlainWorker } from './plain-worker.ts';
import { vectorFeeds } from './sizes.ts';
import { openSwitchyard } from './switchyard.ts';

/** Bytes of one run. */
export const SMALL_BYTES = 256;

/** Name of {@link workerRuns}. */
export const WORKER = 'plain worker, transferred';

/** Does one round with a function that runs `y = Identity(x)` of {@link SMALL_BYTES} once. */
export type MeasureRuns = (context: RoundContext, run: () => Promise<unknown>) => Promise<Sample>;

/** A plain worker thread, which is given the memory of each tensor. */
export const workerRuns = (measure: MeasureRuns): Contender => ({
  name: WORKER,
  async open(context): Promise<OpenContender> {
    const plain = await openPlainWorker(identityModel());
    const values = new Float32Array(SMALL_BYTES / 4).fill(1);
    return {
      measure: () => measure(context, () => plain.run(values.slice())),
      [Symbol.asyncDispose]: () => plain[Symbol.asyncDispose](),
    };
  },
});

/** One session of ours, named after its isolation. */
export const ourRuns = (isolation: IsolationV1, measure: MeasureRuns): Contender => ({
  name: isolation,
  async open(context): Promise<OpenContender> {
    const opened = await openSwitchyard({ isolation, backend: 'cpu', model: identityModel() });
    const feeds = vectorFeeds(SMALL_BYTES);
    return {
      measure: () => measure(context, () => opened.session.run(feeds)),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
});
