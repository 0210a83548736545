import type { IsolationV1 } from '@switchyard/core';
import { identityModel } from '@switchyard/onnx/testing';
import { openPlainWorker } from '../contenders/plain-worker.ts';
import { vectorFeeds } from '../contenders/sizes.ts';
import { openSwitchyard } from '../contenders/switchyard.ts';
import { pipelinedRuns } from '../contenders/time-runs.ts';
import type { Benchmark, Contender, OpenContender, RoundContext } from '../harness/benchmark.ts';

const LANES = 16;
const calls = ({ quick }: RoundContext): number => (quick ? 64 : 8000);

const worker: Contender = {
  name: 'plain worker, transferred',
  async open(context): Promise<OpenContender> {
    const plain = await openPlainWorker(identityModel());
    const values = new Float32Array(64).fill(1);
    return {
      measure: async () => ({
        throughput: await pipelinedRuns(calls(context), LANES, () => plain.run(values.slice())),
      }),
      [Symbol.asyncDispose]: () => plain[Symbol.asyncDispose](),
    };
  },
};

const ours = (isolation: IsolationV1): Contender => ({
  name: isolation,
  async open(context): Promise<OpenContender> {
    const opened = await openSwitchyard({ isolation, backend: 'cpu', model: identityModel() });
    const feeds = vectorFeeds(256);
    return {
      measure: async () => ({
        throughput: await pipelinedRuns(calls(context), LANES, () => opened.session.run(feeds)),
      }),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
});

export const pipelined: Benchmark = {
  name: 'pipelined',
  title: 'Small runs, sixteen at a time',
  method: '8000 runs of `y = Identity(x)` with 256 B per round, sixteen of them waiting at any time.',
  processes: 'shared',
  rounds: 7,
  warmUpRounds: 1,
  metrics: [{ name: 'throughput', unit: 'runs/s', better: 'higher' }],
  contenders: [worker, ours('inline'), ours('thread'), ours('process')],
  comparisons: [
    {
      metric: 'throughput',
      of: 'process',
      over: 'plain worker, transferred',
      kind: 'ratio',
      target: { atLeast: 1, from: 'issue 7' },
    },
    { metric: 'throughput', of: 'thread', over: 'plain worker, transferred', kind: 'ratio' },
  ],
};
