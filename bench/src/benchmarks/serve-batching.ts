import { oursVaried, perceptron, widePerceptron, type Work } from '../servers/serve-load.ts';
import type { Benchmark, Contender } from '../harness/benchmark.ts';

const pair = (name: string, work: Work): readonly [on: Contender, off: Contender] => [
  oursVaried(`${name}, batches`, work, { maxBatchSize: 64 }),
  oursVaried(`${name}, one by one`, work, { maxBatchSize: 0 }),
];

const pairs = [pair('64-128-64', perceptron), pair('256-4096-256', widePerceptron)];

export const serveBatching: Benchmark = {
  name: 'serve-batching',
  title: 'A server with and without dynamic batches, 16 connections',
  method:
    'Binary data, one row in each request, one request at a time on each connection; with the default of 64 rows a batch ' +
    'at most, and with none. A run of the wider perceptron reads 8 MB of weights, however many rows it has.',
  processes: 'fresh',
  rounds: 5,
  warmUpRounds: 0,
  metrics: [
    { name: 'throughput', unit: 'requests/s', better: 'higher' },
    { name: 'p50', unit: 'ms', better: 'lower' },
    { name: 'p99', unit: 'ms', better: 'lower' },
  ],
  contenders: pairs.flat(),
  comparisons: pairs.flatMap(([on, off]) => [
    { metric: 'throughput', of: on.name, over: off.name, kind: 'ratio' } as const,
    { metric: 'p99', of: on.name, over: off.name, kind: 'ratio' } as const,
  ]),
};
