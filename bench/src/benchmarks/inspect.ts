import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspectModel } from '@switchyard/onnx';
import { writeHoledModel } from '@switchyard/onnx/testing';
import { openDirect } from '../contenders/direct-engine.ts';
import { residentMegabytes } from '../contenders/resident-memory.ts';
import type { Benchmark, Contender, OpenContender } from '../harness/benchmark.ts';

const DIGITS = fileURLToPath(new URL('../../../examples/digit-classifier/digits.onnx', import.meta.url));
const SMALL = 'inspect, 108 kB';
const LARGE = 'inspect, 2 GiB';
const ENGINE = 'onnxruntime-node opens it, 108 kB';

/** Does it twice in a fresh process, and looks how much memory that process has taken by then. */
const twice = (
  name: string,
  prepare: (folder: string) => Promise<string>,
  work: (path: string) => Promise<unknown>,
): Contender => ({
  name,
  async open(): Promise<OpenContender> {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-bench-'));
    const path = await prepare(folder);
    return {
      async measure() {
        const memory = process.platform === 'linux' ? residentMegabytes() : null;
        const before = performance.now();
        await work(path);
        const first = performance.now() - before;
        await work(path);
        const again = performance.now() - before - first;
        return { first, again, ...(memory === null ? {} : { memory: residentMegabytes() - memory }) };
      },
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
    };
  },
});

const large = async (folder: string): Promise<string> => {
  const path = join(folder, 'large.onnx');
  await writeHoledModel(path, 2 * 2 ** 30);
  return path;
};

export const inspect: Benchmark = {
  name: 'inspect',
  title: 'Reading what a model says of itself',
  method:
    '`inspectModel` of the digit classifier of this repository, and of a file of 2 GiB whose values are a hole, twice in ' +
    'a fresh process. Beside it somebody opens the small one with the engine, to learn its inputs and outputs. Memory ' +
    'is what the process has more after both.',
  processes: 'fresh',
  rounds: 7,
  warmUpRounds: 0,
  metrics: [
    { name: 'first', unit: 'ms', better: 'lower' },
    { name: 'again', unit: 'ms', better: 'lower' },
    { name: 'memory', unit: 'MB', better: 'lower' },
  ],
  contenders: [
    twice(
      SMALL,
      () => Promise.resolve(DIGITS),
      (path) => inspectModel(path),
    ),
    twice(LARGE, large, (path) => inspectModel(path)),
    twice(
      ENGINE,
      () => Promise.resolve(DIGITS),
      async (path) => {
        const opened = await openDirect(path);
        await opened[Symbol.asyncDispose]();
      },
    ),
  ],
  comparisons: [
    { metric: 'first', of: SMALL, over: ENGINE, kind: 'ratio' },
    { metric: 'first', of: LARGE, over: SMALL, kind: 'ratio' },
  ],
};
