import { identityModel } from '@switchyard/onnx/testing';
import { openDirect } from '../contenders/direct-engine.ts';
import { measureSizes, SIZE_METRICS, vectorFeeds } from '../contenders/sizes.ts';
import { openSwitchyard } from '../contenders/switchyard.ts';
import type { Benchmark, Contender, OpenContender } from '../harness/benchmark.ts';

/** The engine called directly: a tensor made and its output read for every run, as programs do. */
export const directIdentity: Contender = {
  name: 'onnxruntime-node',
  async open({ quick }): Promise<OpenContender> {
    const opened = await openDirect(identityModel());
    const { Tensor } = opened.engine;
    return {
      measure: () =>
        measureSizes(quick, ({ bytes }) => {
          const values = new Float32Array(bytes / 4).fill(1);
          return async () => (await opened.run({ x: new Tensor('float32', values, [values.length]) }))['y'];
        }),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
};

const inline: Contender = {
  name: 'inline',
  async open({ quick }): Promise<OpenContender> {
    const opened = await openSwitchyard({ isolation: 'inline', backend: 'cpu', model: identityModel() });
    return {
      measure: () =>
        measureSizes(quick, ({ bytes }) => {
          const feeds = vectorFeeds(bytes);
          return async () => (await opened.session.run(feeds))['y'];
        }),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
};

export const runInline: Benchmark = {
  name: 'run-inline',
  title: 'A run in this process, over the engine called directly',
  method:
    'The model is `y = Identity(x)`, so the engine does next to nothing. One run after the other, the median of a ' +
    'round’s runs; 2000 runs of 256 B, 200 of 0.6 MiB, 40 of 6 MiB per round.',
  processes: 'shared',
  rounds: 11,
  warmUpRounds: 2,
  metrics: SIZE_METRICS,
  contenders: [directIdentity, inline],
  comparisons: [
    ...SIZE_METRICS.map(
      ({ name }) => ({ metric: name, of: 'inline', over: 'onnxruntime-node', kind: 'difference' }) as const,
    ).map((comparison, index) =>
      index === 0 ? { ...comparison, target: { atMost: 15, from: 'issue 3' } } : comparison,
    ),
    {
      metric: 'p50 256 B',
      of: 'inline',
      over: 'onnxruntime-node',
      kind: 'difference',
      target: { atMost: 10, from: 'issue 7' },
    },
  ],
};
