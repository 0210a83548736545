import { existsSync } from 'node:fs';
import { identityModel } from '@switchyard/onnx/testing';
import { openSerialisationEcho } from '../contenders/serialisation-echo.ts';
import { openSharedMemoryFloor, SHARED_MEMORY_FOLDER } from '../contenders/shared-memory-floor.ts';
import { vectorFeeds } from '../contenders/sizes.ts';
import { openSwitchyard } from '../contenders/switchyard.ts';
import { timeRuns } from '../contenders/time-runs.ts';
import type { Benchmark, Contender, OpenContender, RoundContext, Sample } from '../harness/benchmark.ts';

const BYTES = 6 * 2 ** 20;
const WARM_UP_MS = 2000;

async function milliseconds({ quick }: RoundContext, run: () => Promise<unknown>): Promise<Sample> {
  // Until the allocator and the collector of garbage have seen what is asked of them.
  const end = performance.now() + (quick ? 0 : WARM_UP_MS);
  do await run();
  while (performance.now() < end);
  const { p50, p95 } = await timeRuns(quick ? 3 : 40, run);
  return { p50: p50 / 1000, p95: p95 / 1000 };
}

const floor = (name: string, reuses: boolean): Contender => ({
  name,
  unavailable: () =>
    existsSync(SHARED_MEMORY_FOLDER) ? null : `There is no \`${SHARED_MEMORY_FOLDER}\` on this platform.`,
  open(context): Promise<OpenContender> {
    const memory = openSharedMemoryFloor();
    const bytes = new Uint8Array(BYTES).fill(7);
    const received = new Uint8Array(BYTES);
    const kept = new Uint8Array(BYTES);
    return Promise.resolve({
      measure: () =>
        milliseconds(context, async () => {
          memory.roundTrip(bytes, received, reuses ? kept : Buffer.allocUnsafeSlow(BYTES));
        }),
      [Symbol.asyncDispose]: () => Promise.resolve(memory[Symbol.dispose]()),
    });
  },
});

const serialisation: Contender = {
  name: 'child_process serialisation',
  async open(context): Promise<OpenContender> {
    const echo = await openSerialisationEcho();
    const bytes = new Uint8Array(BYTES).fill(7);
    return {
      measure: () => milliseconds(context, () => echo.send(bytes)),
      [Symbol.asyncDispose]: () => echo[Symbol.asyncDispose](),
    };
  },
};

const ours = (name: string, backend: 'cpu' | 'echo'): Contender => ({
  name,
  async open(context): Promise<OpenContender> {
    const opened = await openSwitchyard({ isolation: 'process', backend, model: identityModel() });
    const feeds = vectorFeeds(BYTES);
    return {
      measure: () => milliseconds(context, () => opened.session.run(feeds)),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
});

const into: Contender = {
  name: 'process, echo, result into memory of the caller',
  async open(context): Promise<OpenContender> {
    const opened = await openSwitchyard({ isolation: 'process', backend: 'echo', model: identityModel() });
    const feeds = vectorFeeds(BYTES);
    const memory = { into: { y: new Uint8Array(BYTES) } };
    return {
      measure: () => milliseconds(context, () => opened.session.run(feeds, memory)),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
};

const FLOOR = 'floor, new result';
const REUSED = 'floor, reused result';

export const roundTrip: Benchmark = {
  name: 'round-trip',
  title: 'A tensor of 6 MiB to a process and back',
  method:
    'The floor writes the bytes to a file in shared memory, reads them, writes and reads them again, all in one ' +
    'process; its result is a new buffer each time, as a run’s is, or one that is reused. `process, echo` is a run ' +
    'of ours whose backend returns its input. One call after the other, the median of a round’s 40, ' +
    'after two seconds of them to warm up. A process of its own for each: how its memory comes to lie makes a third of the time.',
  processes: 'fresh',
  rounds: 11,
  warmUpRounds: 0,
  metrics: [
    { name: 'p50', unit: 'ms', better: 'lower' },
    { name: 'p95', unit: 'ms', better: 'lower' },
  ],
  contenders: [
    floor(FLOOR, false),
    floor(REUSED, true),
    ours('process, echo', 'echo'),
    into,
    ours('process', 'cpu'),
    serialisation,
  ],
  comparisons: [
    {
      metric: 'p50',
      of: 'process, echo',
      over: FLOOR,
      kind: 'ratio',
      target: { atMost: 1.25, from: 'issue 3' },
    },
    { metric: 'p50', of: into.name, over: REUSED, kind: 'ratio', target: { atMost: 1.25, from: 'issue 3' } },
    {
      metric: 'p50',
      of: 'process, echo',
      over: FLOOR,
      kind: 'ratio',
      target: { atMost: 1.2, from: 'issue 7' },
    },
    { metric: 'p50', of: 'process', over: FLOOR, kind: 'ratio', note: 'With the engine’s own copy in it.' },
    {
      metric: 'p50',
      of: 'child_process serialisation',
      over: 'process, echo',
      kind: 'ratio',
      target: { atLeast: 4, from: 'issue 3' },
    },
    {
      metric: 'p50',
      of: 'child_process serialisation',
      over: 'process, echo',
      kind: 'ratio',
      target: { atLeast: 5, from: 'issue 7' },
    },
  ],
};
