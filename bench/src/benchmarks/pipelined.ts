import type { IsolationV1 } from '@switchyard/core';
import { identityModel } from '@switchyard/onnx/testing';
import { openPlainWorker } from '../contenders/plain-worker.ts';
import { vectorFeeds } from '../contenders/sizes.ts';
import { openSocketEcho, type EchoKind } from '../contenders/socket-echo.ts';
import { openSwitchyard } from '../contenders/switchyard.ts';
import { pipelinedRuns } from '../contenders/time-runs.ts';
import type { Benchmark, Contender, OpenContender, RoundContext } from '../harness/benchmark.ts';

const LANES = 16;
const BYTES = 256;
const calls = ({ quick }: RoundContext): number => (quick ? 64 : 8000);

const WORKER = 'plain worker, transferred';

const worker: Contender = {
  name: WORKER,
  async open(context): Promise<OpenContender> {
    const plain = await openPlainWorker(identityModel());
    const values = new Float32Array(BYTES / 4).fill(1);
    return {
      measure: async () => ({
        throughput: await pipelinedRuns(calls(context), LANES, () => plain.run(values.slice())),
      }),
      [Symbol.asyncDispose]: () => plain[Symbol.asyncDispose](),
    };
  },
};

const IN_TURN = 'engine behind a bare socket, in turn';
const AT_ONCE = 'engine behind a bare socket, at once';

const bare = (name: string, kind: EchoKind): Contender => ({
  name,
  async open(context): Promise<OpenContender> {
    const child = await openSocketEcho(BYTES, kind);
    const message = new Uint8Array(BYTES);
    return {
      measure: async () => ({
        throughput: await pipelinedRuns(calls(context), LANES, () => child.send(message)),
      }),
      [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
    };
  },
});

const ours = (isolation: IsolationV1): Contender => ({
  name: isolation,
  async open(context): Promise<OpenContender> {
    const opened = await openSwitchyard({ isolation, backend: 'cpu', model: identityModel() });
    const feeds = vectorFeeds(BYTES);
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
  method:
    '8000 runs of `y = Identity(x)` with 256 B per round, sixteen of them waiting at any time. ' +
    'The engine behind a bare socket is a child process without frames, ids, checks or anything of ours.',
  processes: 'shared',
  rounds: 7,
  warmUpRounds: 1,
  metrics: [{ name: 'throughput', unit: 'runs/s', better: 'higher' }],
  contenders: [
    worker,
    ours('inline'),
    ours('thread'),
    ours('process'),
    bare(IN_TURN, 'engine'),
    bare(AT_ONCE, 'engine at once'),
  ],
  comparisons: [
    {
      metric: 'throughput',
      of: 'process',
      over: WORKER,
      kind: 'ratio',
      target: { atLeast: 1, from: 'issue 7' },
    },
    { metric: 'throughput', of: 'thread', over: WORKER, kind: 'ratio' },
    {
      metric: 'throughput',
      of: IN_TURN,
      over: WORKER,
      kind: 'ratio',
      note: 'The floor of a process that answers a run before it begins the next, so that a crash is blamed on one.',
    },
    { metric: 'throughput', of: AT_ONCE, over: WORKER, kind: 'ratio' },
    { metric: 'throughput', of: 'process', over: IN_TURN, kind: 'ratio' },
  ],
};
