import { identityModel } from '@switchyard/onnx/testing';
import { openDirect } from '../contenders/direct-engine.ts';
import { ourRuns, SMALL_BYTES, WORKER, workerRuns, type MeasureRuns } from '../contenders/small-runs.ts';
import { pipelinedRuns } from '../contenders/time-runs.ts';
import type { Benchmark, Contender, OpenContender } from '../harness/benchmark.ts';

const WIDTHS = [1, 4, 16, 64] as const;
const DIRECT = 'onnxruntime-node';

const metricOf = (width: number): string => `${width} at once`;

const everyWidth: MeasureRuns = async ({ quick }, run) => {
  const sample: Record<string, number> = {};
  for (const width of WIDTHS) sample[metricOf(width)] = await pipelinedRuns(quick ? 64 : 4000, width, run);
  return sample;
};

const direct: Contender = {
  name: DIRECT,
  async open(context): Promise<OpenContender> {
    const opened = await openDirect(identityModel());
    const values = new Float32Array(SMALL_BYTES / 4).fill(1);
    const run = () => opened.run({ x: new opened.engine.Tensor('float32', values, [values.length]) });
    return {
      measure: () => everyWidth(context, run),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
};

export const concurrency: Benchmark = {
  name: 'concurrency',
  title: 'Small runs on one session, 1 to 64 at once',
  method:
    '4000 runs of `y = Identity(x)` with 256 B for each number of callers, each of whom asks again when he was answered.',
  processes: 'shared',
  rounds: 7,
  warmUpRounds: 1,
  metrics: WIDTHS.map((width) => ({ name: metricOf(width), unit: 'runs/s', better: 'higher' })),
  contenders: [
    direct,
    workerRuns(everyWidth),
    ourRuns('inline', everyWidth),
    ourRuns('thread', everyWidth),
    ourRuns('process', everyWidth),
  ],
  comparisons: WIDTHS.flatMap((width) => [
    { metric: metricOf(width), of: 'inline', over: DIRECT, kind: 'ratio' } as const,
    { metric: metricOf(width), of: 'thread', over: WORKER, kind: 'ratio' } as const,
    { metric: metricOf(width), of: 'process', over: WORKER, kind: 'ratio' } as const,
  ]),
};
