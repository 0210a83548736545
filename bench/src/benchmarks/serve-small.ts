import type { Benchmark } from '../harness/benchmark.ts';
import {
  echoGrpc,
  echoJson,
  fastifyJson,
  oursBinary,
  oursGrpc,
  oursJson,
  parsedJson,
  perceptron,
} from '../servers/serve-load.ts';

const OURS = 'switchyard-server, JSON';
const PLAIN = 'fastify + onnxruntime-node, JSON';
const CEILING = 'node:http echo';
const PARSED = 'node:http with its own JSON, no model';
const GRPC = 'switchyard-server, gRPC raw';

export const serveSmall: Benchmark = {
  name: 'serve-small',
  title: 'A server with a perceptron of 64 floats, 16 connections',
  method:
    'Each server in a process of its own, as it comes; the client on sockets, so that it costs little, on the same ' +
    'machine. 16 connections, one request at a time on each, four seconds per round after four of warm-up. The echo ' +
    'gives the JSON body back. What has no model shows what HTTP, JSON and gRPC alone leave.',
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
    parsedJson(perceptron),
    fastifyJson(perceptron),
    oursJson(perceptron),
    oursBinary(perceptron),
    echoGrpc(perceptron),
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
      of: GRPC,
      over: PLAIN,
      kind: 'ratio',
      target: { atLeast: 1.5, from: 'issue 7' },
    },
    { metric: 'throughput', of: 'switchyard-server, binary', over: OURS, kind: 'ratio' },
    { metric: 'throughput', of: PLAIN, over: CEILING, kind: 'ratio' },
    { metric: 'throughput', of: PARSED, over: PLAIN, kind: 'ratio' },
    { metric: 'throughput', of: PARSED, over: CEILING, kind: 'ratio' },
    { metric: 'throughput', of: 'grpc-js echo', over: PLAIN, kind: 'ratio' },
    { metric: 'throughput', of: GRPC, over: 'grpc-js echo', kind: 'ratio' },
  ],
};
