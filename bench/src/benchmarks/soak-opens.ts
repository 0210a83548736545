import { createCpuBackend } from '@switchyard/backend-cpu';
import type { IsolationV1 } from '@switchyard/core';
import { mlpModel } from '@switchyard/onnx/testing';
import { createRuntime } from '@switchyard/runtime';
import { openDirect } from '../contenders/direct-engine.ts';
import { measureSlope, needsProc } from '../contenders/memory-slope.ts';
import { vectorFeeds } from '../contenders/sizes.ts';
import type { Benchmark, Contender, OpenContender, RoundContext } from '../harness/benchmark.ts';

const cycles = ({ quick }: RoundContext): number => (quick ? 4 : 200);
/** A megabyte of weights, so that one session that is not released shows. */
const MODEL = mlpModel([64, 2048, 64]);

const direct: Contender = {
  name: 'onnxruntime-node',
  unavailable: needsProc,
  open: (context): Promise<OpenContender> =>
    Promise.resolve({
      measure: () =>
        measureSlope(context, cycles(context), 100, async () => {
          await using opened = await openDirect(MODEL);
          const x = new opened.engine.Tensor('float32', new Float32Array(64).fill(1), [1, 64]);
          await opened.run({ x });
        }),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
};

const ours = (isolation: IsolationV1): Contender => ({
  name: isolation,
  unavailable: needsProc,
  async open(context): Promise<OpenContender> {
    const runtime = await createRuntime({ backends: [createCpuBackend()], settings: [], isolation });
    const { x } = vectorFeeds(256);
    const feeds = { x: { ...x!, shape: [1, 64] } };
    return {
      measure: () =>
        measureSlope(context, cycles(context), 100, async () => {
          await using session = await runtime.open(
            { bytes: MODEL, name: 'bench' },
            { backend: 'cpu', isolation },
          );
          await session.run(feeds);
        }),
      [Symbol.asyncDispose]: () => runtime.close(),
    };
  },
});

export const soakOpens: Benchmark = {
  name: 'soak-opens',
  title: 'Memory over 200 times opening, running and closing',
  method:
    'As `soak-runs`, over 200 cycles of a perceptron with a megabyte of weights; the slope in MB per 100 cycles.',
  processes: 'fresh',
  rounds: 5,
  warmUpRounds: 0,
  metrics: [
    { name: 'slope', unit: 'MB/100', better: 'lower' },
    { name: 'slope error', unit: 'MB/100', better: 'lower' },
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
