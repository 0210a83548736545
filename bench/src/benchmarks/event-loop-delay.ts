import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { makeTensor, type IsolationV1 } from '@switchyard/core';
import { loopModel } from '@switchyard/onnx/testing';
import { openDirect } from '../contenders/direct-engine.ts';
import { openSwitchyard } from '../contenders/switchyard.ts';
import type { Benchmark, Contender, OpenContender, RoundContext, Sample } from '../harness/benchmark.ts';

/** Rounds of the ONNX `Loop` that take about a second on a 2.6 GHz core. */
const LOOP_COUNT = 600_000;
const count = ({ quick }: RoundContext): bigint => BigInt(quick ? LOOP_COUNT / 20 : LOOP_COUNT);

/** Watches the event loop of this process while `run` runs. */
async function watch(run: () => Promise<unknown>): Promise<Sample> {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await delay(20);
  histogram.reset();
  const before = performance.now();
  await run();
  const took = performance.now() - before;
  // The timer that was due while the loop was held fires now, and counts.
  await delay(2);
  histogram.disable();
  return { 'p99 delay': histogram.percentile(99) / 1e6, 'max delay': histogram.max / 1e6, 'run time': took };
}

const direct: Contender = {
  name: 'onnxruntime-node',
  async open(context): Promise<OpenContender> {
    const opened = await openDirect(loopModel());
    const { Tensor } = opened.engine;
    const feeds = {
      count: new Tensor('int64', [count(context)], []),
      start: new Tensor('float32', [0], [1]),
      step: new Tensor('float32', [1], [1]),
    };
    return {
      measure: () => watch(() => opened.run(feeds)),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
};

const ours = (isolation: IsolationV1): Contender => ({
  name: isolation,
  async open(context): Promise<OpenContender> {
    const opened = await openSwitchyard({ isolation, backend: 'cpu', model: loopModel() });
    const feeds = {
      count: makeTensor('int64', [], [count(context)]),
      start: makeTensor('float32', [1], [0]),
      step: makeTensor('float32', [1], [1]),
    };
    return {
      measure: () => watch(() => opened.session.run(feeds)),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
});

export const eventLoopDelay: Benchmark = {
  name: 'event-loop-delay',
  title: 'Delay of the caller’s event loop while a model of about a second runs',
  method:
    '`perf_hooks.monitorEventLoopDelay` with a resolution of 1 ms, which is part of every figure, around one run ' +
    'of an ONNX `Loop`. Each contender has a process of its own in every round.',
  processes: 'fresh',
  rounds: 5,
  warmUpRounds: 1,
  metrics: [
    { name: 'p99 delay', unit: 'ms', better: 'lower' },
    { name: 'max delay', unit: 'ms', better: 'lower' },
    { name: 'run time', unit: 'ms', better: 'lower' },
  ],
  contenders: [direct, ours('inline'), ours('thread'), ours('process')],
  comparisons: [
    ...(['thread', 'process'] as const).flatMap((of) => [
      {
        metric: 'p99 delay',
        of,
        over: null,
        kind: 'value',
        target: { atMost: 20, from: 'issue 3' },
      } as const,
      {
        metric: 'p99 delay',
        of,
        over: null,
        kind: 'value',
        target: { atMost: 10, from: 'issue 7' },
      } as const,
      { metric: 'run time', of, over: 'onnxruntime-node', kind: 'ratio' } as const,
    ]),
    { metric: 'run time', of: 'inline', over: 'onnxruntime-node', kind: 'ratio' },
  ],
};
