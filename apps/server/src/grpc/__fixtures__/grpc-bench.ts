import {
  credentials,
  makeGenericClientConstructor,
  Metadata,
  type ChannelCredentials,
  type ChannelOptions,
  type Client,
  type ClientDuplexStream,
  type ServiceError,
} from '@grpc/grpc-js';
import type { InferRequest, WireTensor } from '@switchyard/open-inference';
import {
  decodeModelInferResponse,
  decodeModelStreamInferResponse,
  encodeModelInferRequest,
  inferenceServiceDefinition,
  type ModelStreamInferResponse,
} from '@switchyard/open-inference/grpc';
import { service as healthService } from 'grpc-health-check';
import { DEFAULT_LIMITS } from '../../operation/default-limits.ts';
import { createMemoryBudget } from '../../operation/memory-budget.ts';
import type { Limits, MemoryBudget } from '../../operation/admission.ts';
import type { InferenceRecord } from '../../operation/observer.ts';
import { createGrpcServer } from '../create-grpc-server.ts';
import type { GrpcOptions, GrpcServer } from '../grpc-options.ts';
import { scriptedService, type ScriptedService } from './scripted-service.ts';

/** How a call ended, as a client sees it. */
export interface Outcome<Response> {
  readonly code: number;
  readonly details: string;
  readonly response: Response | null;
  readonly trailers: Metadata;
}

/** A gRPC server on a port of its own, and clients of it. */
export interface GrpcBench extends AsyncDisposable {
  readonly server: GrpcServer;
  readonly port: number;
  readonly service: ScriptedService;
  readonly memory: MemoryBudget;
  readonly unexpected: unknown[];
  readonly records: InferenceRecord[];
  client(creds?: ChannelCredentials, options?: ChannelOptions): BenchClient;
}

/** A client of the inference service. */
export class BenchClient {
  readonly #client: Client;
  readonly #health: Client;

  constructor(address: string, creds: ChannelCredentials, options: ChannelOptions) {
    const Inference = makeGenericClientConstructor(inferenceServiceDefinition(), 'inference');
    const Health = makeGenericClientConstructor(healthService, 'health');
    this.#client = new Inference(address, creds, options);
    this.#health = new Health(address, creds, options);
  }

  ask<Response = Record<string, unknown>>(
    method: string,
    request: unknown = {},
    metadata: Readonly<Record<string, string>> = {},
    deadline?: number,
  ): Promise<Outcome<Response>> {
    return call(this.#client, method, request, metadata, deadline);
  }

  /** A unary call of any path with any bytes. */
  bytes(
    path: string,
    request: Buffer,
    metadata: Readonly<Record<string, string>> = {},
  ): Promise<Outcome<Buffer>> {
    return new Promise((resolve) => {
      let received: Buffer | null = null;
      let failure: ServiceError | null = null;
      this.#client
        .makeUnaryRequest(path, same, same, request, metadataOf(metadata), {}, (error, response) => {
          failure = error;
          received = response ?? null;
        })
        .on('status', (status) =>
          setImmediate(() =>
            resolve({
              code: failure?.code ?? 0,
              details: failure?.details ?? '',
              response: received,
              trailers: status.metadata,
            }),
          ),
        );
    });
  }

  /** As many messages back as are sent, one after the other, in a call of any path. */
  async exchange(path: string, messages: readonly Buffer[]): Promise<readonly Buffer[]> {
    const started = this.#client.makeBidiStreamRequest(path, same, same, new Metadata());
    const answers: Buffer[] = [];
    for (const message of messages) {
      started.write(message);
      answers.push(
        await new Promise<Buffer>((resolve, reject) => {
          started.once('error', reject);
          started.once('data', resolve);
        }),
      );
    }
    started.end();
    await new Promise((resolve) => started.once('status', resolve));
    return answers;
  }

  health(method: 'Check' | 'List', request: unknown): Promise<Outcome<Record<string, unknown>>> {
    return call(this.#health, method, request, {}, undefined);
  }

  watch(serviceName: string): ClientDuplexStream<never, { status: string }> {
    return (
      this.#health as unknown as {
        Watch(request: unknown): ClientDuplexStream<never, { status: string }>;
      }
    ).Watch({ service: serviceName });
  }

  async infer(
    model: string,
    request: Partial<InferRequest> = {},
    metadata: Readonly<Record<string, string>> = {},
    deadline?: number,
  ): Promise<Outcome<ReturnType<typeof decodeModelInferResponse>>> {
    const outcome = await this.ask<Buffer>('ModelInfer', inferMessage(model, request), metadata, deadline);
    return {
      ...outcome,
      response: outcome.response === null ? null : decodeModelInferResponse(outcome.response, CODEC),
    };
  }

  /** The call itself, for those that end it themselves. */
  raw(method: string, request: unknown): { readonly cancel: () => void; readonly done: Promise<Outcome<unknown>> } {
    let cancel = (): void => {};
    const done = new Promise<Outcome<unknown>>((resolve) => {
      const started = methodOf(this.#client, method)(
        request,
        new Metadata(),
        {},
        (error: ServiceError | null, response: unknown) =>
          resolve({
            code: error?.code ?? 0,
            details: error?.details ?? '',
            response: response ?? null,
            trailers: new Metadata(),
          }),
      );
      cancel = () => started.cancel();
    });
    return { cancel: () => cancel(), done };
  }

  stream(metadata: Readonly<Record<string, string>> = {}): BenchStream {
    const started = (
      this.#client as unknown as {
        ModelStreamInfer(metadata: Metadata): ClientDuplexStream<Buffer, Buffer>;
      }
    ).ModelStreamInfer(metadataOf(metadata));
    return new BenchStream(started);
  }

  close(): void {
    this.#client.close();
    this.#health.close();
  }
}

/** One `ModelStreamInfer`. */
export class BenchStream {
  readonly call: ClientDuplexStream<Buffer, Buffer>;
  readonly ended: Promise<{ readonly code: number; readonly details: string }>;
  readonly #messages: ModelStreamInferResponse[] = [];
  readonly #waiting: ((message: ModelStreamInferResponse) => void)[] = [];

  constructor(call: ClientDuplexStream<Buffer, Buffer>) {
    this.call = call;
    call.on('data', (bytes: Buffer) => {
      const message = decodeModelStreamInferResponse(bytes, CODEC);
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#messages.push(message);
      else waiting(message);
    });
    call.on('error', () => {});
    this.ended = new Promise((resolve) => {
      call.on('status', ({ code, details }) => resolve({ code, details }));
    });
  }

  send(model: string, request: Partial<InferRequest> = {}): void {
    this.call.write(inferMessage(model, request));
  }

  next(): Promise<ModelStreamInferResponse> {
    const message = this.#messages.shift();
    if (message !== undefined) return Promise.resolve(message);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Messages that came and nobody took. */
  get waiting(): number {
    return this.#messages.length;
  }
}

const CODEC = { maxElements: 2 ** 28, maxDepth: 100 };

/** `x`: four floats. */
export const FOUR: WireTensor = {
  name: 'x',
  datatype: 'FP32',
  shape: [1, 4],
  content: { kind: 'bytes', bytes: new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer) },
  parameters: new Map(),
};

export function inferMessage(model: string, request: Partial<InferRequest> = {}, version = ''): Buffer {
  return encodeModelInferRequest({
    modelName: model,
    modelVersion: version,
    request: { id: '', parameters: new Map(), inputs: [FOUR], outputs: [], ...request },
  });
}

/** A server with the limits and options of a test. */
export async function grpcBench(
  options: Partial<GrpcOptions> & { readonly bounds?: Partial<Limits>; readonly port?: number } = {},
): Promise<GrpcBench> {
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.bounds };
  const scripted = scriptedService();
  const memory = createMemoryBudget(limits.maxInFlightBytes);
  const unexpected: unknown[] = [];
  const server = createGrpcServer({
    service: scripted,
    gate: { admit: () => ({ name: 'anonymous' }) },
    memory,
    limits,
    tracer: { start: () => null },
    unexpected: (error) => unexpected.push(error),
    ...options,
  });
  const port = await server.listen('127.0.0.1', options.port ?? 0);
  const clients: BenchClient[] = [];
  return {
    server,
    port,
    service: scripted,
    memory,
    unexpected,
    records: scripted.records,
    client: (creds = credentials.createInsecure(), channel = {}) => {
      const client = new BenchClient(`localhost:${port}`, creds, {
        // Channels to one address would share their connection otherwise.
        'grpc.use_local_subchannel_pool': 1,
        ...channel,
      });
      clients.push(client);
      return client;
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.close();
      await server.close(0);
    },
  };
}

function methodOf(
  client: Client,
  method: string,
): (
  request: unknown,
  metadata: Metadata,
  options: { deadline?: number },
  callback: (error: ServiceError | null, response?: unknown) => void,
) => { on(event: 'status', listener: (status: { metadata: Metadata }) => void): void; cancel(): void } {
  const found = (client as unknown as Record<string, (...call: unknown[]) => never>)[method];
  if (found === undefined) throw new Error(`There is no method \`${method}\`.`);
  return found.bind(client);
}

function call<Response>(
  client: Client,
  method: string,
  request: unknown,
  metadata: Readonly<Record<string, string>>,
  deadline: number | undefined,
): Promise<Outcome<Response>> {
  return new Promise((resolve) => {
    let failure: ServiceError | null = null;
    let received: Response | null = null;
    const started = methodOf(client, method)(
      request,
      metadataOf(metadata),
      deadline === undefined ? {} : { deadline: Date.now() + deadline },
      (error, response) => {
        failure = error;
        received = (response as Response | undefined) ?? null;
      },
    );
    started.on('status', (status) =>
      setImmediate(() =>
        resolve({
          code: failure?.code ?? 0,
          details: failure?.details ?? '',
          response: received,
          trailers: status.metadata,
        }),
      ),
    );
  });
}

function same(bytes: Buffer): Buffer {
  return bytes;
}

function metadataOf(values: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(values)) metadata.set(name, value);
  return metadata;
}
