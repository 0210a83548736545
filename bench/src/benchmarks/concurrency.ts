import type { IsolationV1 } from '@switchyard/core';
import { identityModel } from '@switchyard/onnx/testing';
import { openDirect } from '../contenders/direct-engine.ts';
import { openPlainWorker } from '../contenders/plain-worker.ts';
import { vectorFeeds } from '../contenders/sizes.ts';
import { openSwitchyard } from '../contenders/switchyard.ts';
import { pipelinedRuns } from '../contenders/time-runs.ts';
import type { Benchmark, Contender, OpenContender, RoundContext, Sample } from '../harness/benchmark.ts';

const BYTES = 256;
const WIDTHS = [1, 4, 16, 64] as const;
const WORKER = 'plain worker, transferred';
const DIRECT = 'onnxruntime-node';

async function everyWidth({ quick }: RoundContext, run: () => Promise<unknown>): Promise<Sample> {
  const sample: Record<string, number> = {};
  for (const width of WIDTHS) sample[`${width} at once`] = await pipelinedRuns(quick ? 64 : 4000, width, run);
  return sample;
}

const direct: Contender = {
  name: DIRECT,
  async open(context): Promise<OpenContender> {
    const opened = await openDirect(identityModel());
    const values = new Float32Array(BYTES / 4).fill(1);
    const run = () => opened.run({ x: new opened.engine.Tensor('float32', values, [values.length]) });
    return {
      measure: () => everyWidth(context, run),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
};

const worker: Contender = {
  name: WORKER,
  async open(context): Promise<OpenContender> {
    const plain = await openPlainWorker(identityModel());
    const values = new Float32Array(BYTES / 4).fill(1);
    return {
      measure: () => everyWidth(context, () => plain.run(values.slice())),
      [Symbol.asyncDispose]: () => plain[Symbol.asyncDispose](),
    };
  },
};

const ours = (isolation: IsolationV1): Contender => ({
  name: isolation,
  async open(context): Promise<OpenContender> {
    const opened = await openSwitchyard({ isolation, backend: 'cpu', model: identityModel() });
    const feeds = vectorFeeds(BYTES);
    return {
      measure: () => everyWidth(context, () => opened.session.run(feeds)),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
});

const metricOf = (width: number): string => `${width} at once`;

export const concurrency: Benchmark = {
  name: 'concurrency',
  title: 'Small runs on one session, 1 to 64 at once',
  method:
    '4000 runs of `y = Identity(x)` with 256 B for each number of callers, each of whom asks again when he was answered.',
  processes: 'shared',
  rounds: 7,
  warmUpRounds: 1,
  metrics: WIDTHS.map((width) => ({ name: metricOf(width), unit: 'runs/s', better: 'higher' })),
  contenders: [direct, worker, ours('inline'), ours('thread'), ours('process')],
  comparisons: WIDTHS.flatMap((width) => [
    { metric: metricOf(width), of: 'inline', over: DIRECT, kind: 'ratio' } as const,
    { metric: metricOf(width), of: 'thread', over: WORKER, kind: 'ratio' } as const,
    { metric: metricOf(width), of: 'process', over: WORKER, kind: 'ratio' } as const,
  ]),
};
