import type { Benchmark } from '../harness/benchmark.ts';
import { echoJson, fastifyJson, oursBinary, oursGrpc, oursJson, perceptron } from '../servers/serve-load.ts';

const OURS = 'switchyard-server, JSON';
const PLAIN = 'fastify + onnxruntime-node, JSON';
const CEILING = 'node:http echo';

export const serveSmall: Benchmark = {
  name: 'serve-small',
  title: 'A server with a perceptron of 64 floats, 16 connections',
  method:
    'Each server in a process of its own, as it comes; the client on sockets, so that it costs little, on the same ' +
    'machine. 16 connections, one request at a time on each, four seconds per round. The echo gives the JSON body back.',
  processes: 'fresh',
  rounds: 7,
  warmUpRounds: 0,
  metrics: [
    { name: 'throughput', unit: 'requests/s', better: 'higher' },
    { name: 'p50', unit: 'ms', better: 'lower' },
    { name: 'p99', unit: 'ms', better: 'lower' },
    { name: 'health p99', unit: 'ms', better: 'lower' },
  ],
  contenders: [
    echoJson(perceptron),
    fastifyJson(perceptron),
    oursJson(perceptron),
    oursBinary(perceptron),
    oursGrpc(perceptron),
  ],
  comparisons: [
    { metric: 'throughput', of: OURS, over: PLAIN, kind: 'ratio', target: { atLeast: 2, from: 'issue 4' } },
    { metric: 'throughput', of: OURS, over: PLAIN, kind: 'ratio', target: { atLeast: 2.2, from: 'issue 7' } },
    {
      metric: 'throughput',
      of: OURS,
      over: CEILING,
      kind: 'ratio',
      target: { atLeast: 0.5, from: 'issue 4' },
    },
    {
      metric: 'throughput',
      of: OURS,
      over: CEILING,
      kind: 'ratio',
      target: { atLeast: 0.55, from: 'issue 7' },
    },
    {
      metric: 'throughput',
      of: 'switchyard-server, gRPC raw',
      over: PLAIN,
      kind: 'ratio',
      target: { atLeast: 1.5, from: 'issue 7' },
    },
    { metric: 'throughput', of: 'switchyard-server, binary', over: OURS, kind: 'ratio' },
    { metric: 'throughput', of: PLAIN, over: CEILING, kind: 'ratio' },
  ],
};
