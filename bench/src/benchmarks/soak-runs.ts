import type { IsolationV1 } from '@switchyard/core';
import { identityModel } from '@switchyard/onnx/testing';
import { openDirect } from '../contenders/direct-engine.ts';
import { measureSlope, needsProc } from '../contenders/memory-slope.ts';
import { vectorFeeds } from '../contenders/sizes.ts';
import { openSwitchyard } from '../contenders/switchyard.ts';
import type { Benchmark, Contender, OpenContender, RoundContext } from '../harness/benchmark.ts';

/** The second half is what counts: see the method. */
const runs = ({ quick }: RoundContext): number => (quick ? 400 : 600_000);

const direct: Contender = {
  name: 'onnxruntime-node',
  unavailable: needsProc,
  async open(context): Promise<OpenContender> {
    const opened = await openDirect(identityModel());
    const values = new Float32Array(64).fill(1);
    return {
      measure: () =>
        measureSlope(context, runs(context), 1000, () =>
          opened.run({ x: new opened.engine.Tensor('float32', values, [64]) }),
        ),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
};

const ours = (isolation: IsolationV1): Contender => ({
  name: isolation,
  unavailable: needsProc,
  async open(context): Promise<OpenContender> {
    const opened = await openSwitchyard({ isolation, backend: 'cpu', model: identityModel() });
    const feeds = vectorFeeds(256);
    return {
      measure: () => measureSlope(context, runs(context), 1000, () => opened.session.run(feeds)),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
});

export const soakRuns: Benchmark = {
  name: 'soak-runs',
  title: 'Memory over 300,000 runs, after as many to warm up',
  method:
    'Resident memory of the process and its children after a garbage collection, fifty times over 600,000 runs of ' +
    '256 B; the slope by least squares over the second 300,000, in MB per 1000 runs, with its standard error. In the ' +
    'first half the heap of a child process, which nobody makes collect, grows to the size at which it collects.',
  processes: 'fresh',
  rounds: 5,
  warmUpRounds: 0,
  metrics: [
    { name: 'slope', unit: 'MB/1000', better: 'lower' },
    { name: 'slope error', unit: 'MB/1000', better: 'lower' },
    { name: 'first', unit: 'MB', better: 'lower' },
    { name: 'last', unit: 'MB', better: 'lower' },
  ],
  contenders: [direct, ours('inline'), ours('thread'), ours('process')],
  comparisons: (['inline', 'thread', 'process'] as const).map((of) => ({
    metric: 'slope',
    of,
    over: 'onnxruntime-node',
    kind: 'difference',
  })),
};
