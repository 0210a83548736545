import { needsProc } from '../contenders/memory-slope.ts';
import type { Benchmark } from '../harness/benchmark.ts';
import { idleServer } from '../servers/idle-server.ts';

const ECHO = 'node:http echo';
const PLAIN = 'fastify + onnxruntime-node';
const OURS = 'switchyard-server';

export const serveMemory: Benchmark = {
  name: 'serve-memory',
  title: 'Memory of an idle server with one small model',
  method:
    'Each server two seconds after its first answer. Proportional memory (PSS of `/proc/PID/smaps_rollup`), in which a ' +
    'page that several processes share counts once; the resident memory of the same processes stands beside it.',
  processes: 'fresh',
  rounds: 5,
  warmUpRounds: 0,
  metrics: [
    { name: 'all processes', unit: 'MB', better: 'lower' },
    { name: 'server process', unit: 'MB', better: 'lower' },
    { name: 'model process', unit: 'MB', better: 'lower' },
    { name: 'all processes, resident', unit: 'MB', better: 'lower' },
  ],
  contenders: [
    idleServer(ECHO, 'echo-server.ts'),
    idleServer(PLAIN, 'fastify-server.ts'),
    idleServer(OURS, 'switchyard-server.ts'),
  ],
  comparisons: [
    { metric: 'all processes', of: OURS, over: PLAIN, kind: 'difference' },
    { metric: 'server process', of: OURS, over: PLAIN, kind: 'difference' },
    { metric: 'all processes', of: PLAIN, over: ECHO, kind: 'difference' },
  ],
  unavailable: needsProc,
};
