import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { missingModel, sharedModel } from '../contenders/shared-models.ts';
import { openSwitchyard } from '../contenders/switchyard.ts';
import type { Benchmark, Contender, OpenContender, RoundContext } from '../harness/benchmark.ts';
import { imageValues } from './image-values.ts';

const MODEL = 'light/light_squeezenet.onnx';
const INPUT = 'data_0';
const CHILD = fileURLToPath(new URL('scaling-child.ts', import.meta.url));

/** How long each contender runs in a round. */
const milliseconds = ({ quick }: RoundContext): number => (quick ? 200 : 2000);

async function bareChild(): Promise<ChildProcess> {
  const child = fork(CHILD, [sharedModel(MODEL), INPUT]);
  await once(child, 'message');
  return child;
}

const bare = (instances: number): Contender => ({
  name: `${instances} × plain child process`,
  async open(context): Promise<OpenContender> {
    const children = await Promise.all(Array.from({ length: instances }, bareChild));
    const time = milliseconds(context);
    return {
      async measure() {
        const answers = children.map(async (child) => {
          const answer = once(child, 'message');
          child.send(time);
          return ((await answer) as [number])[0];
        });
        const runs = (await Promise.all(answers)).reduce((sum, count) => sum + count, 0);
        return { throughput: (runs * 1000) / time };
      },
      async [Symbol.asyncDispose]() {
        for (const child of children) {
          const ended = once(child, 'exit');
          child.disconnect();
          await ended;
        }
      },
    };
  },
});

const ours = (instances: number): Contender => ({
  name: `${instances} × session in a process`,
  async open(context): Promise<OpenContender> {
    const opened = await Promise.all(
      Array.from({ length: instances }, () =>
        openSwitchyard({
          isolation: 'process',
          backend: 'cpu',
          model: sharedModel(MODEL),
          options: { intraOpThreads: 1 },
        }),
      ),
    );
    const values = imageValues();
    const feeds = {
      [INPUT]: { dtype: 'float32', shape: [1, 3, 224, 224], bytes: new Uint8Array(values.buffer) },
    } as const;
    for (const { session } of opened) await session.run(feeds);
    const time = milliseconds(context);
    return {
      async measure() {
        const end = performance.now() + time;
        let runs = 0;
        const lanes = opened.map(async ({ session }) => {
          while (performance.now() < end) {
            await session.run(feeds);
            runs += 1;
          }
        });
        const before = performance.now();
        await Promise.all(lanes);
        return { throughput: (runs * 1000) / (performance.now() - before) };
      },
      async [Symbol.asyncDispose]() {
        for (const one of opened) await one[Symbol.asyncDispose]();
      },
    };
  },
});

const session = (instances: number): string => `${instances} × session in a process`;
const child = (instances: number): string => `${instances} × plain child process`;

export const scaling: Benchmark = {
  name: 'scaling',
  title: 'Throughput of one and of two instances of a compute-bound CNN',
  method:
    'SqueezeNet, 1x3x224x224, one intra-op thread per instance, one request at a time to each instance, two seconds ' +
    'per round. The plain children run the model in a loop of their own, without any transport: the ceiling of ' +
    'the machine.',
  processes: 'shared',
  rounds: 7,
  warmUpRounds: 1,
  metrics: [{ name: 'throughput', unit: 'runs/s', better: 'higher' }],
  contenders: [ours(1), ours(2), bare(1), bare(2)],
  comparisons: [
    {
      metric: 'throughput',
      of: session(2),
      over: session(1),
      kind: 'ratio',
      target: { atLeast: 1.8, from: 'issue 3' },
    },
    {
      metric: 'throughput',
      of: session(2),
      over: session(1),
      kind: 'ratio',
      target: { atLeast: 1.85, from: 'issue 7' },
    },
    { metric: 'throughput', of: child(2), over: child(1), kind: 'ratio', note: 'What the machine gives.' },
    { metric: 'throughput', of: session(1), over: child(1), kind: 'ratio' },
    { metric: 'throughput', of: session(2), over: child(2), kind: 'ratio' },
  ],
  unavailable: () =>
    missingModel(MODEL) ??
    (availableParallelism() < 2 ? 'The machine has one core, so that two instances share it.' : null),
};
