import { setTimeout as pause } from 'node:timers/promises';
import { createCpuBackend } from '@switchyard/backend-cpu';
import type { IsolationV1, Tensors } from '@switchyard/core';
import { mlpModel } from '@switchyard/onnx/testing';
import { createRuntime, type Session } from '@switchyard/runtime';
import { openDirect } from '../contenders/direct-engine.ts';
import { needsProc } from '../contenders/memory-slope.ts';
import { proportionalMegabytesOfAll } from '../contenders/proportional-memory.ts';
import { vectorFeeds } from '../contenders/sizes.ts';
import type { Benchmark, Contender, OpenContender, RoundContext, Sample } from '../harness/benchmark.ts';

const MODEL = mlpModel([64, 128, 64]);
const SESSIONS = 4;
const DIRECT = 'onnxruntime-node';
const waitingRuns = ({ quick }: RoundContext): number => (quick ? 100 : 10_000);

async function settled(): Promise<number> {
  for (let turn = 0; turn < 3; turn += 1) {
    globalThis.gc?.();
    await pause(20);
  }
  return proportionalMegabytesOfAll();
}

/** What the first session brings, with code and engine, and what each of those after it brings. */
async function sessions(open: () => Promise<unknown>): Promise<Sample> {
  const before = await settled();
  await open();
  const one = await settled();
  for (let more = 0; more < SESSIONS; more += 1) await open();
  return { 'first session': one - before, 'each further session': ((await settled()) - one) / SESSIONS };
}

const direct: Contender = {
  name: DIRECT,
  unavailable: needsProc,
  open: (): Promise<OpenContender> => {
    const opened: AsyncDisposable[] = [];
    return Promise.resolve({
      measure: () => sessions(async () => opened.push(await openDirect(MODEL))),
      async [Symbol.asyncDispose]() {
        for (const session of opened) await session[Symbol.asyncDispose]();
      },
    });
  },
};

const ours = (isolation: IsolationV1): Contender => ({
  name: isolation,
  unavailable: needsProc,
  async open(context): Promise<OpenContender> {
    const runtime = await createRuntime({ backends: [createCpuBackend()], settings: [], isolation });
    // Held, because a session that everybody forgot is released.
    const opened: Session[] = [];
    const openOne = async (): Promise<Session> => {
      const session = await runtime.open({ bytes: MODEL, name: 'bench' }, { backend: 'cpu', isolation });
      opened.push(session);
      return session;
    };
    return {
      async measure() {
        const sample = await sessions(openOne);
        const session = await openOne();
        const { x } = vectorFeeds(256);
        const feeds: Tensors = { x: { ...x!, shape: [1, 64] } };
        await session.run(feeds);
        globalThis.gc?.();
        const before = process.memoryUsage();
        const count = waitingRuns(context);
        const runs = Array.from({ length: count }, () => session.run(feeds));
        const after = process.memoryUsage();
        await Promise.all(runs);
        const bytes = after.heapUsed + after.external - before.heapUsed - before.external;
        return { ...sample, 'each waiting run': bytes / count / 1000 };
      },
      [Symbol.asyncDispose]: () => runtime.close(),
    };
  },
});

export const memory: Benchmark = {
  name: 'memory',
  title: 'Memory of a session, and of a run that waits',
  method:
    'A perceptron of 64, 128 and 64 in a fresh process each time. Proportional memory (PSS) of this process and everything ' +
    'that it started, after a garbage collection: what the first session brings, with code and engine, and what each of ' +
    'four more brings. A waiting run is one of 10,000 that were asked for at once with the same feeds: heap and ' +
    'buffers of the caller, with its promise.',
  processes: 'fresh',
  rounds: 5,
  warmUpRounds: 0,
  metrics: [
    { name: 'first session', unit: 'MB', better: 'lower' },
    { name: 'each further session', unit: 'MB', better: 'lower' },
    { name: 'each waiting run', unit: 'kB', better: 'lower' },
  ],
  contenders: [direct, ours('inline'), ours('thread'), ours('process')],
  comparisons: (['inline', 'thread', 'process'] as const).map((of) => ({
    metric: 'each further session',
    of,
    over: DIRECT,
    kind: 'difference',
  })),
  unavailable: needsProc,
};
