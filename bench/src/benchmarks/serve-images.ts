import { missingModel } from '../contenders/shared-models.ts';
import type { Benchmark } from '../harness/benchmark.ts';
import {
  fastifyJson,
  IMAGE_MODEL,
  network,
  oursBinary,
  oursGrpc,
  oursJson,
  pictures,
} from '../servers/serve-load.ts';

const PLAIN = 'fastify + onnxruntime-node, JSON';
const BINARY = 'switchyard-server, binary';
const METRICS = [
  { name: 'throughput', unit: 'requests/s', better: 'higher' },
  { name: 'p50', unit: 'ms', better: 'lower' },
  { name: 'p99', unit: 'ms', better: 'lower' },
  { name: 'health p99', unit: 'ms', better: 'lower' },
] as const;

/** Bytes are what counts: the model does next to nothing with its picture. */
export const serveImages: Benchmark = {
  name: 'serve-images',
  title: 'A server that is sent pictures of 1x3x224x224, 4 connections',
  method:
    'As `serve-small`, with a model that reduces its picture to three means, so that what the request itself costs is ' +
    'what is seen.',
  processes: 'fresh',
  rounds: 5,
  warmUpRounds: 0,
  metrics: METRICS,
  contenders: [fastifyJson(pictures), oursJson(pictures), oursBinary(pictures), oursGrpc(pictures)],
  comparisons: [
    { metric: 'throughput', of: BINARY, over: PLAIN, kind: 'ratio', target: { atLeast: 5, from: 'issue 4' } },
    { metric: 'throughput', of: BINARY, over: PLAIN, kind: 'ratio', target: { atLeast: 8, from: 'issue 7' } },
    { metric: 'throughput', of: 'switchyard-server, JSON', over: PLAIN, kind: 'ratio' },
    { metric: 'throughput', of: 'switchyard-server, gRPC raw', over: PLAIN, kind: 'ratio' },
  ],
};

/** The model is what counts. */
export const serveNetwork: Benchmark = {
  name: 'serve-network',
  title: 'A server with a compute-bound CNN, 4 connections, and its health meanwhile',
  method:
    'As `serve-small`, with SqueezeNet. Health is asked twenty times a second on a connection of its own.',
  processes: 'fresh',
  rounds: 5,
  warmUpRounds: 0,
  metrics: METRICS,
  contenders: [fastifyJson(network), oursJson(network), oursBinary(network)],
  comparisons: [
    { metric: 'throughput', of: BINARY, over: PLAIN, kind: 'ratio', target: { atLeast: 1, from: 'issue 4' } },
    {
      metric: 'throughput',
      of: 'switchyard-server, JSON',
      over: PLAIN,
      kind: 'ratio',
      target: { atLeast: 1, from: 'issue 4' },
    },
    { metric: 'health p99', of: BINARY, over: null, kind: 'value', target: { atMost: 20, from: 'issue 4' } },
    { metric: 'health p99', of: BINARY, over: null, kind: 'value', target: { atMost: 15, from: 'issue 7' } },
    { metric: 'health p99', of: PLAIN, over: null, kind: 'value', note: 'The run time of the model.' },
  ],
  unavailable: () => missingModel(IMAGE_MODEL),
};
