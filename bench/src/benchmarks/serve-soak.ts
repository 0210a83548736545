import { needsProc } from '../contenders/memory-slope.ts';
import type { Benchmark } from '../harness/benchmark.ts';
import { soakingServer } from '../servers/soaking-server.ts';

const OURS = 'switchyard-server, JSON';

export const serveSoak: Benchmark = {
  name: 'serve-soak',
  title: 'A server under load for ten minutes',
  method:
    'The perceptron of `serve-small`, 16 connections without a pause for ten minutes after half a minute of warm-up; ' +
    'each round is a minute of it. Resident memory is that of the server and its model process, at the end of each minute.',
  processes: 'shared',
  rounds: 10,
  warmUpRounds: 0,
  metrics: [
    { name: 'throughput', unit: 'requests/s', better: 'higher' },
    { name: 'p99', unit: 'ms', better: 'lower' },
    { name: 'resident', unit: 'MB', better: 'lower' },
    { name: 'last over first minute', unit: '×', better: 'higher' },
    { name: 'growth, minutes 5 to 10', unit: 'MB', better: 'lower' },
  ],
  contenders: [soakingServer(OURS)],
  comparisons: [
    {
      metric: 'last over first minute',
      of: OURS,
      over: null,
      kind: 'value',
      target: { atLeast: 0.97, from: 'issue 7' },
    },
    { metric: 'growth, minutes 5 to 10', of: OURS, over: null, kind: 'value' },
  ],
  unavailable: needsProc,
};
