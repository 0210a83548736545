import { identityModel } from '@switchyard/onnx/testing';
import { vectorFeeds } from '../contenders/sizes.ts';
import { openSocketEcho, type EchoKind } from '../contenders/socket-echo.ts';
import { openSwitchyard } from '../contenders/switchyard.ts';
import { timeRuns } from '../contenders/time-runs.ts';
import type { Benchmark, Contender, OpenContender } from '../harness/benchmark.ts';
import { openDirect } from '../contenders/direct-engine.ts';

const CALLS = 2000;

const ENGINE_CHILD = 'plain child with the engine';

const socket = (name: string, bytes: number, kind: EchoKind = 'echo'): Contender => ({
  name,
  async open({ quick }): Promise<OpenContender> {
    const echo = await openSocketEcho(bytes, kind);
    const message = new Uint8Array(bytes);
    return {
      measure: async () => ({ ...(await timeRuns(quick ? 5 : CALLS, () => echo.send(message))) }),
      [Symbol.asyncDispose]: () => echo[Symbol.asyncDispose](),
    };
  },
});

/** The engine's own threads spin for a while after a run; on two cores they take one from the caller. */
const ONE_THREAD = { intraOpThreads: 1 };

const ours = (
  name: string,
  backend: 'cpu' | 'echo',
  options: Readonly<Record<string, unknown>> = {},
): Contender => ({
  name,
  async open({ quick }): Promise<OpenContender> {
    const opened = await openSwitchyard({ isolation: 'process', backend, model: identityModel(), options });
    const feeds = vectorFeeds(256);
    return {
      measure: async () => ({ ...(await timeRuns(quick ? 5 : CALLS, () => opened.session.run(feeds))) }),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
});

const direct = (name: string, intraOpNumThreads?: number): Contender => ({
  name,
  async open({ quick }): Promise<OpenContender> {
    const opened = await openDirect(
      identityModel(),
      intraOpNumThreads === undefined ? {} : { intraOpNumThreads },
    );
    const values = new Float32Array(64).fill(1);
    const run = () => opened.run({ x: new opened.engine.Tensor('float32', values, [64]) });
    return {
      measure: async () => ({ ...(await timeRuns(quick ? 5 : CALLS, run)) }),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
});

export const runProcess: Benchmark = {
  name: 'run-process',
  title: 'A run of 256 bytes in a process, over a bare echo',
  method:
    'One call after the other, the median of a round’s 2000. The bare echo is a child process that writes back ' +
    'what it reads, over a socket pair like ours. `process, echo` has no engine in the child: transport alone.',
  processes: 'shared',
  rounds: 11,
  warmUpRounds: 2,
  metrics: [
    { name: 'p50', unit: 'µs', better: 'lower' },
    { name: 'p95', unit: 'µs', better: 'lower' },
  ],
  contenders: [
    direct('onnxruntime-node'),
    direct('onnxruntime-node, one thread', 1),
    socket('socket echo, 64 B', 64),
    socket('socket echo, 256 B', 256),
    socket(ENGINE_CHILD, 256, 'engine'),
    ours('process, echo', 'echo'),
    ours('process', 'cpu'),
    ours('process, one thread', 'cpu', ONE_THREAD),
  ],
  comparisons: [
    {
      metric: 'p50',
      of: 'process, echo',
      over: 'socket echo, 64 B',
      kind: 'ratio',
      target: { atMost: 1.5, from: 'issue 3' },
      note: 'The run’s own cost: the engine is not in it, as it is not in the echo.',
    },
    {
      metric: 'p50',
      of: 'process',
      over: 'socket echo, 64 B',
      kind: 'ratio',
      target: { atMost: 1.5, from: 'issue 3' },
      note: 'With the engine’s own time in it.',
    },
    { metric: 'p50', of: 'process', over: ENGINE_CHILD, kind: 'ratio', note: 'The engine is in both.' },
    { metric: 'p50', of: 'process', over: 'onnxruntime-node', kind: 'difference' },
    { metric: 'p50', of: 'process, one thread', over: 'socket echo, 64 B', kind: 'ratio' },
    { metric: 'p50', of: 'process, one thread', over: 'onnxruntime-node, one thread', kind: 'difference' },
    { metric: 'p50', of: 'process, echo', over: 'socket echo, 256 B', kind: 'ratio' },
  ],
};
