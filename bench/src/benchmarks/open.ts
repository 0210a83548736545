import type { IsolationV1 } from '@switchyard/core';
import { mlpModel } from '@switchyard/onnx/testing';
import { openPlainWorker } from '../contenders/plain-worker.ts';
import type { Benchmark, Contender, OpenContender, Sample } from '../harness/benchmark.ts';

/** Opens twice in this process: the first time loads code and engine, the second finds them loaded. */
const twice = (name: string, prepare: () => Promise<() => Promise<AsyncDisposable>>): Contender => ({
  name,
  open: (): Promise<OpenContender> =>
    Promise.resolve({
      async measure(): Promise<Sample> {
        const beforeCold = performance.now();
        const openOne = await prepare();
        const first = await openOne();
        const cold = performance.now() - beforeCold;
        const beforeWarm = performance.now();
        const second = await openOne();
        const warm = performance.now() - beforeWarm;
        await second[Symbol.asyncDispose]();
        await first[Symbol.asyncDispose]();
        return { cold, warm };
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
});

const model = (): Uint8Array => mlpModel([64, 128, 10]);

const direct = twice('onnxruntime-node', async () => {
  const { openDirect } = await import('../contenders/direct-engine.ts');
  return () => openDirect(model());
});

const worker = twice('plain worker', () => Promise.resolve(() => openPlainWorker(model())));

const ours = (isolation: IsolationV1): Contender =>
  twice(isolation, async () => {
    const { createRuntime } = await import('@switchyard/runtime');
    const { createCpuBackend } = await import('@switchyard/backend-cpu');
    const runtime = await createRuntime({ backends: [createCpuBackend()], settings: [], isolation });
    return () => runtime.open({ bytes: model(), name: 'bench' }, { backend: 'cpu', isolation });
  });

export const open: Benchmark = {
  name: 'open',
  title: 'Opening a small model, cold and warm',
  method:
    'A fresh process in each round. Cold: from importing the library to an open session, host facts included where ' +
    'we read them. Warm: the second session of the same model in that process. The model is a perceptron of 64, ' +
    '128 and 10.',
  processes: 'fresh',
  rounds: 7,
  warmUpRounds: 0,
  metrics: [
    { name: 'cold', unit: 'ms', better: 'lower' },
    { name: 'warm', unit: 'ms', better: 'lower' },
  ],
  contenders: [direct, worker, ours('inline'), ours('thread'), ours('process')],
  comparisons: (['cold', 'warm'] as const).flatMap((metric) => [
    { metric, of: 'inline', over: 'onnxruntime-node', kind: 'difference' } as const,
    { metric, of: 'thread', over: 'plain worker', kind: 'difference' } as const,
    { metric, of: 'process', over: 'onnxruntime-node', kind: 'difference' } as const,
  ]),
};
