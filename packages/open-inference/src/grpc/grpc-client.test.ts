import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import {
  Metadata,
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
} from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { InferenceClientError } from '../client/client-error.ts';
import type { InferRequest, WireTensor } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import {
  createGrpcClient,
  decodeModelInferRequest,
  encodeModelInferResponse,
  encodeModelStreamInferResponse,
  inferenceServiceDefinition,
  type GrpcClient,
  type GrpcClientOptions,
  type InferenceServiceHandlers,
} from './index.ts';

const limits = { maxElements: 10_000_000, maxDepth: 20 };
const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function serve(handlers: Partial<InferenceServiceHandlers>): Promise<string> {
  const server = new Server();
  // What a test does not need answers UNIMPLEMENTED.
  server.addService(inferenceServiceDefinition(), handlers);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  closing.push(() => server.forceShutdown());
  return `127.0.0.1:${port}`;
}

function connect(address: string, options: Partial<GrpcClientOptions> = {}): GrpcClient {
  const client = createGrpcClient({ address, backoffMs: 1, ...options });
  closing.push(() => client.close());
  return client;
}

async function failure(promise: Promise<unknown>): Promise<InferenceClientError> {
  const error: unknown = await promise.then(
    () => new Error('succeeded'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof InferenceClientError)) throw error;
  return error;
}

function bytesTensor(name: string, bytes: readonly number[]): WireTensor {
  return {
    name,
    datatype: 'UINT8',
    shape: [bytes.length],
    content: { kind: 'bytes', bytes: Uint8Array.from(bytes) },
    parameters: new Map(),
  };
}

function echo(model: string, request: InferRequest): Buffer {
  const outputs = request.inputs.map((input) => ({ ...input, name: `${input.name}_out` }));
  return encodeModelInferResponse({
    modelName: model,
    modelVersion: '3',
    id: request.id,
    parameters: new Map(),
    outputs,
  });
}

function inferEcho(call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>): void {
  try {
    const { modelName, request } = decodeModelInferRequest(call.request, limits);
    respond(null, echo(modelName, request));
  } catch (error) {
    if (!ProtocolError.isInstance(error)) throw error;
    respond({ code: status.INVALID_ARGUMENT, details: error.message });
  }
}

describe('a client of gRPC', () => {
  it('asks everything there is to ask', async () => {
    const seen: unknown[] = [];
    const statistics = { count: 2, ns: 5 };
    const client = connect(
      await serve({
        ServerLive: (_, respond) => respond(null, { live: true }),
        ServerReady: (_, respond) => respond(null, { ready: false }),
        ServerMetadata: (_, respond) => respond(null, { name: 's', version: '1', extensions: ['x'] }),
        ModelReady: ({ request }, respond) => respond(null, { ready: request.version === '7' }),
        ModelMetadata: ({ request }, respond) =>
          respond(null, {
            name: request.name,
            versions: ['7'],
            platform: 'p',
            inputs: [{ name: 'X', datatype: 'FP32', shape: [-1, 3] }],
            outputs: [],
            properties: { backend: 'cpu' },
          }),
        ModelConfig: ({ request }, respond) =>
          respond(null, {
            config: { name: request.name, max_batch_size: 8, dynamic_batching: {}, backend: 'b' },
          }),
        ModelStatistics: ({ request }, respond) =>
          respond(null, {
            model_stats: [
              {
                name: request.name,
                version: '7',
                last_inference: 1,
                inference_count: 2,
                execution_count: 1,
                inference_stats: {
                  success: statistics,
                  fail: statistics,
                  queue: statistics,
                  compute_input: statistics,
                  compute_infer: statistics,
                  compute_output: statistics,
                  cache_hit: statistics,
                  cache_miss: statistics,
                },
                response_stats: {},
                batch_stats: [],
                memory_usage: [],
              },
            ],
          }),
        RepositoryIndex: ({ request }, respond) => {
          seen.push(request);
          respond(null, {
            models: [
              { name: 'a', version: '', state: '', reason: '' },
              { name: 'b', version: '1', state: 'READY', reason: '' },
            ],
          });
        },
        RepositoryModelLoad: ({ request }, respond) => {
          seen.push(request);
          respond(null, {});
        },
        RepositoryModelUnload: ({ request }, respond) => {
          seen.push(request);
          respond(null, {});
        },
      }),
    );
    expect(await client.live()).toBe(true);
    expect(await client.ready()).toBe(false);
    expect(await client.serverMetadata()).toEqual({ name: 's', version: '1', extensions: ['x'] });
    expect(await client.modelReady('m')).toBe(false);
    expect(await client.modelReady('m', { version: '7' })).toBe(true);
    expect(await client.modelMetadata('m')).toEqual({
      name: 'm',
      versions: ['7'],
      platform: 'p',
      inputs: [{ name: 'X', datatype: 'FP32', shape: [-1, 3] }],
      outputs: [],
      properties: { backend: 'cpu' },
    });
    const config = await client.modelConfig('m');
    expect(config).toMatchObject({ name: 'm', max_batch_size: 8, backend: 'b' });
    expect(config['dynamic_batching']).toMatchObject({ preferred_batch_size: [] });
    expect(Object.keys(config)).not.toContain('scheduling_choice');
    expect(await client.statistics(null)).toMatchObject([
      { name: '', inference_stats: { queue: { ns: 5 } } },
    ]);
    expect(await client.repositoryIndex({ onlyReady: true })).toEqual([
      { name: 'a' },
      { name: 'b', version: '1', state: 'READY' },
    ]);
    const parameters = { config: '{}', 'file:1/model.onnx': Uint8Array.of(1, 2), n: 3, on: true };
    await client.load('m', { parameters });
    await client.unload('m', { parameters: { unload_dependents: true } });
    expect(seen).toMatchObject([
      { ready: true },
      {
        model_name: 'm',
        parameters: {
          config: { string_param: '{}' },
          'file:1/model.onnx': { bytes_param: Buffer.of(1, 2) },
          n: { int64_param: 3 },
          on: { bool_param: true },
        },
      },
      { model_name: 'm', parameters: { unload_dependents: { bool_param: true } } },
    ]);
  });

  it('infers', async () => {
    const client = connect(await serve({ ModelInfer: inferEcho }), { compression: 'gzip' });
    const input = {
      id: 'a',
      inputs: [
        bytesTensor(
          'X',
          Array.from({ length: 5000 }, () => 3),
        ),
      ],
    };
    const result = await client.infer('m', input);
    expect(result).toMatchObject({ modelName: 'm', modelVersion: '3', id: 'a' });
    expect(result.output('X_out').values()).toEqual(new Uint8Array(5000).fill(3));
    expect(() => result.output('Y')).toThrow('no output `Y` in the answer; it has `X_out`.');
  });

  it.each(['gzip', 'deflate', undefined] as const)(
    'says that it compresses with %s, and its key',
    async (compression) => {
      const server = createServer();
      const seen: (readonly unknown[])[] = [];
      server.on('stream', (stream, headers) => {
        seen.push([headers['grpc-encoding'], headers['authorization'], headers['x-a'], headers['x-b']]);
        stream.respond(
          { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12', 'grpc-message': 'no' },
          { endStream: true },
        );
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      closing.push(() => server.close());
      const client = connect(`127.0.0.1:${(server.address() as AddressInfo).port}`, {
        apiKey: 'k',
        headers: { 'x-a': '1', 'x-b': '1' },
        ...(compression === undefined ? {} : { compression }),
      });
      const error = await failure(client.infer('m', { inputs: [] }, { headers: { 'x-b': '2' } }));
      expect(error).toMatchObject({ status: 12, message: 'no' });
      expect(seen).toEqual([[compression, 'Bearer k', '1', '2']]);
    },
  );

  it('carries messages larger than the 4 MiB of grpc-js', async () => {
    const server = new Server({ 'grpc.max_receive_message_length': -1 });
    server.addService(inferenceServiceDefinition(), { ModelInfer: inferEcho });
    const port = await new Promise<number>((resolve) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_, bound) => resolve(bound));
    });
    closing.push(() => server.forceShutdown());
    const bytes = new Uint8Array(6 * 2 ** 20).fill(9);
    const tensor: WireTensor = {
      name: 'X',
      datatype: 'UINT8',
      shape: [bytes.length],
      content: { kind: 'bytes', bytes },
      parameters: new Map(),
    };
    const tight = connect(`127.0.0.1:${port}`, { limits: { ...limits, maxElements: 100 } });
    const client = connect(`127.0.0.1:${port}`);
    const result = await client.infer('m', { inputs: [tensor] });
    expect(result.output('X_out').content).toMatchObject({ kind: 'bytes', bytes: { length: bytes.length } });
    expect((await failure(tight.infer('m', { inputs: [tensor] }))).message).toContain(
      'the answer of the server cannot be read: output',
    );
  });

  it("has the server's text and status", async () => {
    const client = connect(
      await serve({
        ModelMetadata: (_, respond) =>
          respond({ code: status.NOT_FOUND, details: "Request for unknown model: 'm' is not found" }),
      }),
    );
    const error = await failure(client.modelMetadata('m'));
    expect(error).toMatchObject({
      message: "Request for unknown model: 'm' is not found",
      problem: 'not-found',
      status: 5,
      protocol: 'grpc',
      notExecuted: false,
    });
    expect((await failure(client.infer('m', { inputs: [] }))).problem).toBe('unsupported');
  });

  it('makes a call again that a server refused as unavailable, and takes it at its word how soon', async () => {
    let calls = 0;
    const client = connect(
      await serve({
        ModelInfer: (call, respond) => {
          calls += 1;
          if (calls < 3) respond({ code: status.UNAVAILABLE, details: 'Exceeds maximum queue size' });
          else inferEcho(call, respond);
        },
        RepositoryModelLoad: (_, respond) => {
          calls += 1;
          const metadata = new Metadata();
          metadata.set('retry-after', '3600');
          respond({ code: status.UNAVAILABLE, details: 'later', metadata });
        },
      }),
    );
    expect((await client.infer('m', { inputs: [bytesTensor('X', [1])] })).outputs).toHaveLength(1);
    expect(calls).toBe(3);
    calls = 0;
    const refused = await failure(client.infer('m', { inputs: [] }, { retries: 1 }));
    expect(refused).toMatchObject({ problem: 'unavailable', status: 14, notExecuted: true });
    expect(calls).toBe(2);
    expect(await failure(client.load('m'))).toMatchObject({ retryAfterSeconds: 3600 });
    expect(calls).toBe(3);
  });

  it('does not infer again when the connection broke in the middle', async () => {
    let calls = 0;
    const server = new Server();
    server.addService(inferenceServiceDefinition(), {
      ModelInfer: () => {
        calls += 1;
        server.forceShutdown();
      },
    });
    const port = await new Promise<number>((resolve) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_, bound) => resolve(bound));
    });
    const client = connect(`127.0.0.1:${port}`);
    const error = await failure(client.infer('m', { inputs: [bytesTensor('X', [1])] }));
    expect(error).toMatchObject({ notExecuted: false });
    expect(calls).toBe(1);
  });

  it('says that nobody is there, which was safe to ask again', async () => {
    const address = await serve({});
    for (const close of closing.splice(0)) close();
    const client = connect(address);
    const error = await failure(client.infer('m', { inputs: [] }));
    expect(error).toMatchObject({ problem: 'unavailable', status: null, notExecuted: true });
    expect(error.message).toContain('ECONNREFUSED');
    // A server that cannot be reached is not one that says no.
    expect((await failure(client.ready({ retries: 0 }))).problem).toBe('unavailable');
  });

  it('takes UNAVAILABLE of the server itself as an answer about health', async () => {
    const client = connect(
      await serve({ ServerReady: (_, respond) => respond({ code: status.UNAVAILABLE, details: 'ending' }) }),
    );
    expect(await client.ready()).toBe(false);
  });

  it('ends at its time and on its signal, and the server learns of both', async () => {
    const cancelled: boolean[] = [];
    let reached: () => void = () => {};
    const address = await serve({
      ModelInfer: (call) => {
        call.on('cancelled', () => cancelled.push(true));
        reached();
      },
    });
    const client = connect(address);
    expect(await failure(client.infer('m', { inputs: [] }, { timeoutMs: 50 }))).toMatchObject({
      problem: 'deadline',
    });
    const abort = new AbortController();
    const arrived = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const call = failure(client.infer('m', { inputs: [] }, { signal: abort.signal }));
    await arrived;
    abort.abort(new Error('enough'));
    const error = await call;
    expect(error).toMatchObject({ problem: 'cancelled', cause: { message: 'enough' } });
    await expect.poll(() => cancelled.length).toBe(2);
    expect((await failure(client.live({ signal: AbortSignal.abort() }))).problem).toBe('cancelled');
  });

  it('streams, errors of single requests included', async () => {
    const address = await serve({
      ModelStreamInfer: (call) => {
        call.on('data', (bytes: Buffer) => {
          const { modelName, request } = decodeModelInferRequest(bytes, limits);
          const response = {
            modelName,
            modelVersion: '1',
            id: request.id,
            parameters: new Map(),
            outputs: modelName === 'bad' ? [] : request.inputs,
          };
          const errorMessage = modelName === 'bad' ? 'no such model' : '';
          call.write(encodeModelStreamInferResponse({ errorMessage, response }));
        });
        call.on('end', () => call.end());
      },
    });
    const client = connect(address);
    const requests = Array.from({ length: 50 }, (_, index) => ({
      model: index === 7 ? 'bad' : 'm',
      id: String(index),
      inputs: [bytesTensor('X', [index])],
    }));
    const answers = [];
    for await (const answer of client.inferStream(requests)) answers.push(answer);
    expect(answers.map(({ id }) => id)).toEqual(requests.map(({ id }) => id));
    expect(answers[7]!.error).toMatchObject({ message: 'no such model', protocol: 'grpc' });
    expect(answers[8]!.result?.output('X').content).toEqual({ kind: 'bytes', bytes: Uint8Array.of(8) });
  });

  it('leaves a stream when its loop is left, its requests fail, its signal aborts, or the server ends it', async () => {
    let cancelled = 0;
    const address = await serve({
      ModelStreamInfer: (call) => {
        call.on('cancelled', () => (cancelled += 1));
        call.on('data', (bytes: Buffer) => {
          const { modelName, request } = decodeModelInferRequest(bytes, limits);
          if (modelName === 'done') {
            call.end();
            return;
          }
          if (modelName === 'end') {
            call.emit('error', { code: status.RESOURCE_EXHAUSTED, details: 'too many' });
            return;
          }
          const response = {
            modelName,
            modelVersion: '',
            id: request.id,
            parameters: new Map(),
            outputs: [],
          };
          call.write(encodeModelStreamInferResponse({ errorMessage: '', response }));
        });
      },
    });
    const client = connect(address);
    async function* endless(model: string): AsyncGenerator<{ model: string; id: string; inputs: [] }> {
      for (let index = 0; ; index += 1) {
        if (index > 2) await new Promise(() => {});
        yield { model, id: String(index), inputs: [] };
      }
    }
    for await (const answer of client.inferStream(endless('m'))) {
      if (answer.id === '1') break;
    }
    await expect.poll(() => cancelled).toBe(1);

    async function* failing(): AsyncGenerator<{ model: string; inputs: [] }> {
      yield { model: 'm', inputs: [] };
      throw new Error('my own mistake');
    }
    const read = async (stream: AsyncIterable<unknown>): Promise<number> => {
      let count = 0;
      for await (const _ of stream) count += 1;
      return count;
    };
    await expect(read(client.inferStream(failing()))).rejects.toThrow('my own mistake');
    await expect.poll(() => cancelled).toBe(2);

    const abort = new AbortController();
    const stream = client.inferStream(endless('m'), { signal: abort.signal });
    const aborted = (async () => {
      for await (const answer of stream) if (answer.id === '2') abort.abort();
    })();
    expect((await failure(aborted)).problem).toBe('cancelled');
    expect((await failure(read(client.inferStream(endless('end'))))).message).toBe('too many');
    expect(await read(client.inferStream(endless('done')))).toBe(0);
  });
});
