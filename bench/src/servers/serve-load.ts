import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildModel, mlpModel } from '@switchyard/onnx/testing';
import { encodeModelInferRequest } from '@switchyard/open-inference/grpc';
import type { InferRequest } from '@switchyard/open-inference';
import { imageValues } from '../benchmarks/image-values.ts';
import { sharedModel } from '../contenders/shared-models.ts';
import type { Contender, OpenContender, RoundContext, Sample } from '../harness/benchmark.ts';
import { loadGrpc } from './grpc-load.ts';
import { httpRequest, loadHttp } from './http-load.ts';
import { startServer, type BenchServer } from './start-server.ts';

/** What is asked of a server: a model, one input of it, and how many ask at once. */
export interface Work {
  readonly model: () => Promise<{ readonly path: string; readonly name: string; remove(): Promise<void> }>;
  readonly input: string;
  readonly shape: readonly number[];
  readonly values: () => Float32Array;
  readonly connections: number;
}

/** Milliseconds that one round asks. */
const milliseconds = ({ quick }: RoundContext): number => (quick ? 300 : 4000);

async function modelFile(name: string, bytes: Uint8Array): ReturnType<Work['model']> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-bench-'));
  const path = join(folder, `${name}.onnx`);
  await writeFile(path, bytes);
  return { path, name, remove: () => rm(folder, { recursive: true }) };
}

/** One row of a perceptron with layers of these sizes. */
const perceptronOf = (name: string, layers: readonly [inputs: number, ...rest: number[]]): Work => ({
  model: () => modelFile(name, mlpModel([...layers])),
  input: 'x',
  shape: [1, layers[0]],
  values: () => Float32Array.from({ length: layers[0] }, (_, index) => Math.sin(index)),
  connections: 16,
});

/** A perceptron of 64 floats in and out. */
export const perceptron: Work = perceptronOf('mlp', [64, 128, 64]);

/** A perceptron with 8 MB of weights: a run of one row reads as many of them as a run of sixteen. */
export const widePerceptron: Work = perceptronOf('wide', [256, 4096, 256]);

/** A picture, of which the model takes the mean of each channel and no more. */
export const pictures: Work = {
  model: () => modelFile('means', meansModel()),
  input: 'x',
  shape: [1, 3, 224, 224],
  values: imageValues,
  connections: 4,
};

function meansModel(): Uint8Array {
  return buildModel({
    name: 'means',
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 3, 224, 224] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 3, 1, 1] }],
    nodes: [{ op: 'GlobalAveragePool', name: 'means', inputs: ['x'], outputs: ['y'] }],
  });
}

export const IMAGE_MODEL = 'light/light_squeezenet.onnx';

/** A CNN that computes for some milliseconds. */
export const network: Work = {
  model: async () => ({
    path: sharedModel(IMAGE_MODEL),
    name: 'light_squeezenet',
    remove: () => Promise.resolve(),
  }),
  input: 'data_0',
  shape: [1, 3, 224, 224],
  values: imageValues,
  connections: 4,
};

const jsonBody = ({ input, shape, values }: Work): Uint8Array =>
  Buffer.from(JSON.stringify({ inputs: [{ name: input, shape, datatype: 'FP32', data: [...values()] }] }));

function binaryRequest({ input, shape, values }: Work, path: string): Buffer {
  const data = Buffer.from(values().buffer);
  const head = Buffer.from(
    JSON.stringify({
      parameters: { binary_data_output: true },
      inputs: [{ name: input, shape, datatype: 'FP32', parameters: { binary_data_size: data.length } }],
    }),
  );
  return httpRequest(path, Buffer.concat([head, data]), { 'inference-header-content-length': head.length });
}

function grpcMessage({ input, shape, values }: Work, modelName: string): Uint8Array {
  const request: InferRequest = {
    id: '',
    parameters: new Map(),
    inputs: [
      {
        name: input,
        datatype: 'FP32',
        shape,
        content: { kind: 'bytes', bytes: new Uint8Array(values().buffer) },
        parameters: new Map(),
      },
    ],
    outputs: [],
  };
  return encodeModelInferRequest({ modelName, modelVersion: '', request });
}

/** Asks a server for a time in milliseconds. */
export type Ask = (server: BenchServer, modelName: string, time: number) => Promise<Sample>;

/** Settings of ours that a benchmark varies; the others are the defaults. */
export type VariedSettings = Readonly<Record<'maxBatchSize', number>>;

/** A server in a process of its own, and what it is asked. */
function contender(
  name: string,
  program: string,
  work: Work,
  ask: Ask,
  settings?: VariedSettings,
): Contender {
  return {
    name,
    async open(context): Promise<OpenContender> {
      const model = await work.model();
      const varied = settings === undefined ? [] : [JSON.stringify(settings)];
      const server = await startServer(program, [model.path, ...varied]);
      await ask(server, model.name, milliseconds(context));
      return {
        measure: () => ask(server, model.name, milliseconds(context)),
        async [Symbol.asyncDispose]() {
          await server[Symbol.asyncDispose]();
          await model.remove();
        },
      };
    },
  };
}

const http =
  (work: Work, request: (modelName: string) => Buffer, healthPath: string): Ask =>
  ({ port }, modelName, time) =>
    loadHttp({
      port,
      connections: work.connections,
      milliseconds: time,
      request: request(modelName),
      healthPath,
    });

const inferPath = (modelName: string): string => `/v2/models/${modelName}/infer`;

export const echoJson = (work: Work): Contender =>
  contender(
    'node:http echo',
    'echo-server.ts',
    work,
    http(work, () => httpRequest('/', jsonBody(work)), '/'),
  );

export const parsedJson = (work: Work): Contender =>
  contender(
    'node:http with its own JSON, no model',
    'json-server.ts',
    work,
    http(work, () => httpRequest('/', jsonBody(work)), '/'),
  );

export const fastifyJson = (work: Work): Contender =>
  contender(
    'fastify + onnxruntime-node, JSON',
    'fastify-server.ts',
    work,
    http(
      work,
      () => httpRequest('/infer', jsonBody(work), { 'content-type': 'application/json' }),
      '/health',
    ),
  );

/** Asks ours for the work in JSON. */
export const askJson = (work: Work): Ask =>
  http(work, (model) => httpRequest(inferPath(model), jsonBody(work)), '/v2/health/live');

export const oursJson = (work: Work): Contender =>
  contender('switchyard-server, JSON', 'switchyard-server.ts', work, askJson(work));

/** Asks ours for the work with the binary extension. */
const askBinary = (work: Work): Ask =>
  http(work, (model) => binaryRequest(work, inferPath(model)), '/v2/health/live');

export const oursBinary = (work: Work): Contender =>
  contender('switchyard-server, binary', 'switchyard-server.ts', work, askBinary(work));

/** Ours with binary data, under another name and with other settings. */
export const oursVaried = (name: string, work: Work, settings: VariedSettings): Contender =>
  contender(name, 'switchyard-server.ts', work, askBinary(work), settings);

const grpc =
  (work: Work): Ask =>
  ({ grpcPort }, model, time) =>
    loadGrpc({
      port: grpcPort!,
      concurrency: work.connections,
      connections: 4,
      milliseconds: time,
      message: grpcMessage(work, model),
    });

export const echoGrpc = (work: Work): Contender =>
  contender('grpc-js echo', 'grpc-echo-server.ts', work, grpc(work));

export const oursGrpc = (work: Work): Contender =>
  contender('switchyard-server, gRPC raw', 'switchyard-server.ts', work, grpc(work));
