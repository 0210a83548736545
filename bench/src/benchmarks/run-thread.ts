import { identityModel } from '@switchyard/onnx/testing';
import { openPlainWorker } from '../contenders/plain-worker.ts';
import { measureSizes, SIZE_METRICS, vectorFeeds } from '../contenders/sizes.ts';
import { openSwitchyard } from '../contenders/switchyard.ts';
import type { Benchmark, Contender, OpenContender } from '../harness/benchmark.ts';
import { directIdentity } from './run-inline.ts';

const worker = (name: string, model: Uint8Array | null, keeps: boolean): Contender => ({
  name,
  async open({ quick }): Promise<OpenContender> {
    const plain = await openPlainWorker(model);
    return {
      measure: () =>
        measureSizes(quick, ({ bytes }) => {
          const values = new Float32Array(bytes / 4).fill(1);
          // What came back is given away again, so that giving away costs no new memory.
          let given = values.slice();
          return keeps
            ? () => plain.run(values.slice())
            : async () => {
                given = await plain.run(given);
              };
        }),
      [Symbol.asyncDispose]: () => plain[Symbol.asyncDispose](),
    };
  },
});

const ours = (name: string, backend: 'cpu' | 'echo'): Contender => ({
  name,
  async open({ quick }): Promise<OpenContender> {
    const opened = await openSwitchyard({ isolation: 'thread', backend, model: identityModel() });
    return {
      measure: () =>
        measureSizes(quick, ({ bytes }) => {
          const feeds = vectorFeeds(bytes);
          return () => opened.session.run(feeds);
        }),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
});

/** As the plain worker that is given its tensors for good. */
const giving: Contender = {
  name: 'thread, transferred',
  async open({ quick }): Promise<OpenContender> {
    const opened = await openSwitchyard({ isolation: 'thread', backend: 'cpu', model: identityModel() });
    return {
      measure: () =>
        measureSizes(quick, ({ bytes }) => {
          let feeds = vectorFeeds(bytes);
          return async () => {
            const { y } = await opened.session.run(feeds, { transfer: true });
            feeds = { x: y! };
          };
        }),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
};

const KEEPING = 'plain worker, copied and transferred';
const GIVING = 'plain worker, transferred';

export const runThread: Benchmark = {
  name: 'run-thread',
  title: 'A run in a worker thread, over a plain worker thread',
  method:
    'As `run-inline`, with the engine in a worker. The plain worker transfers its buffers both ways. In one ' +
    'variant the caller gives its tensor away; in the other it keeps it and transfers a copy, which is what a run ' +
    'of ours promises. The echo contenders have no engine: transport alone.',
  processes: 'shared',
  rounds: 11,
  warmUpRounds: 2,
  metrics: SIZE_METRICS,
  contenders: [
    directIdentity,
    worker(KEEPING, identityModel(), true),
    worker(GIVING, identityModel(), false),
    ours('thread', 'cpu'),
    giving,
    worker('echo: plain worker, copied and transferred', null, true),
    ours('echo: thread', 'echo'),
  ],
  comparisons: [
    ...SIZE_METRICS.flatMap(({ name }) => [
      {
        metric: name,
        of: 'thread',
        over: KEEPING,
        kind: 'ratio',
        target: { atMost: 1.1, from: 'issue 3' },
        note: 'Both leave the caller its tensor.',
      } as const,
      {
        metric: name,
        of: 'thread, transferred',
        over: GIVING,
        kind: 'ratio',
        target: { atMost: 1.1, from: 'issue 3' },
        note: 'Both take the caller’s tensor away.',
      } as const,
      { metric: name, of: 'thread', over: GIVING, kind: 'ratio' } as const,
      {
        metric: name,
        of: 'echo: thread',
        over: 'echo: plain worker, copied and transferred',
        kind: 'ratio',
      } as const,
    ]),
    { metric: 'p50 256 B', of: 'thread', over: 'onnxruntime-node', kind: 'difference' },
  ],
};
