import { readHostFacts } from '@switchyard/core/host';
import type { Benchmark, Contender } from '../harness/benchmark.ts';

const reading: Contender = {
  name: 'readHostFacts',
  open: () =>
    Promise.resolve({
      async measure() {
        const used = process.cpuUsage();
        const before = performance.now();
        await readHostFacts();
        const first = performance.now() - before;
        const { user, system } = process.cpuUsage(used);
        const again = performance.now();
        await readHostFacts();
        return { first, again: performance.now() - again, 'first, processor time': (user + system) / 1000 };
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
};

export const hostFacts: Benchmark = {
  name: 'host-facts',
  title: 'Reading the facts about this machine',
  method:
    'A fresh process in each round: the first reading of a process, and a second one. The code is loaded before. ' +
    'Processor time is that of all threads; the wall clock also has what other programs took meanwhile.',
  processes: 'fresh',
  rounds: 11,
  warmUpRounds: 0,
  metrics: [
    { name: 'first', unit: 'ms', better: 'lower' },
    { name: 'again', unit: 'ms', better: 'lower' },
    { name: 'first, processor time', unit: 'ms', better: 'lower' },
  ],
  contenders: [reading],
  comparisons: [
    {
      metric: 'first',
      of: 'readHostFacts',
      over: null,
      kind: 'value',
      target: { atMost: 15, from: 'issue 7' },
    },
  ],
};
