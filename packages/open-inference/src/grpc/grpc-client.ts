import {
  Client,
  compressionAlgorithms,
  credentials,
  type ChannelCredentials,
  type ChannelOptions,
  type MethodDefinition,
} from '@grpc/grpc-js';
import { CallScope } from '../client/call-scope.ts';
import { InferenceClientError } from '../client/client-error.ts';
import type {
  CallOptions,
  InferenceClient,
  InferenceInput,
  ModelCallOptions,
  RepositoryCallOptions,
} from '../client/inference-client.ts';
import { requestOf, resultOf, type InferResult } from '../client/infer-result.ts';
import { indexEntry } from '../client/rest-documents.ts';
import { retryPolicy, withRetries, type RetryOptions } from '../client/retry.ts';
import { DEFAULT_CODEC_LIMITS, type CodecLimits } from '../infer/codec-options.ts';
import { decodeModelInferResponse } from './decode-infer-response.ts';
import { encodeModelInferRequest } from './encode-infer-message.ts';
import type { GenericCalls } from './generic-messages.ts';
import { answerOf, configOf, repositoryParameters } from './grpc-documents.ts';
import { callUnary, metadataOf } from './grpc-transport.ts';
import { inferStream, type StreamAnswer, type StreamRequest } from './infer-stream.ts';
import { inferenceServiceDefinition, type InferenceServiceDefinition } from './service-definition.ts';

/** Certificates for a connection with TLS, each in PEM. */
export interface GrpcTlsOptions {
  /** Who signs the server's certificate; default: what Node trusts. */
  readonly ca?: Buffer;
  /** This client's certificate and its key, where the server asks for one. */
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** Options of {@link createGrpcClient}. */
export interface GrpcClientOptions extends RetryOptions {
  /** Such as `localhost:8001`. */
  readonly address: string;
  /** Default: no TLS. `true` trusts what Node trusts. */
  readonly tls?: boolean | GrpcTlsOptions;
  /** Sent as `authorization: Bearer`. */
  readonly apiKey?: string;
  /** Metadata of every call. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How messages to the server are compressed; default: not at all. */
  readonly compression?: 'gzip' | 'deflate';
  /** What is taken of an answer. */
  readonly limits?: CodecLimits;
  /** Options of grpc-js, over those that this client sets. */
  readonly channelOptions?: Readonly<ChannelOptions>;
}

/** A client over gRPC, for Node. */
export interface GrpcClient extends InferenceClient {
  /**
   * Sends any number of requests over one call and yields the answers as they come, each with the `id` of
   * its request; the order is up to the server. Ends when `requests` ends and every answer is there.
   * Nothing is made again. Leaving the loop cancels the call.
   */
  inferStream(
    requests: AsyncIterable<StreamRequest> | Iterable<StreamRequest>,
    options?: CallOptions,
  ): AsyncIterable<StreamAnswer>;
  /** Closes the connection, which is opened at the first call. */
  close(): void;
}

/** A client over gRPC. Needs `@grpc/grpc-js` and `@grpc/proto-loader`. */
export function createGrpcClient(options: GrpcClientOptions): GrpcClient {
  return new RemoteService(options);
}

class RemoteService implements GrpcClient {
  private readonly options: GrpcClientOptions;
  private readonly client: Client;
  private readonly service: InferenceServiceDefinition = inferenceServiceDefinition();
  private readonly headers: Readonly<Record<string, string>>;
  private readonly limits: CodecLimits;

  constructor(options: GrpcClientOptions) {
    this.options = options;
    this.limits = options.limits ?? DEFAULT_CODEC_LIMITS;
    this.headers = {
      ...(options.apiKey === undefined ? {} : { authorization: `Bearer ${options.apiKey}` }),
      ...options.headers,
    };
    this.client = new Client(options.address, credentialsOf(options.tls ?? false), {
      // Tensors are larger than the 4 MiB that grpc-js takes of its own accord.
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
      'grpc.initial_reconnect_backoff_ms': 100,
      // Nothing in the environment decides where requests go.
      'grpc.enable_http_proxy': 0,
      ...(options.compression === undefined
        ? {}
        : { 'grpc.default_compression_algorithm': compressionAlgorithms[options.compression] }),
      ...options.channelOptions,
    });
  }

  async live(options: CallOptions = {}): Promise<boolean> {
    return this.health(this.call('ServerLive', {}, 'health', options).then(({ live }) => live));
  }

  async ready(options: CallOptions = {}): Promise<boolean> {
    return this.health(this.call('ServerReady', {}, 'health', options).then(({ ready }) => ready));
  }

  async serverMetadata(options: CallOptions = {}): ReturnType<InferenceClient['serverMetadata']> {
    return this.call('ServerMetadata', {}, 'read', options);
  }

  async modelReady(model: string, options: ModelCallOptions = {}): Promise<boolean> {
    const request = { name: model, version: options.version ?? '' };
    return this.health(this.call('ModelReady', request, 'health', options).then(({ ready }) => ready));
  }

  async modelMetadata(
    model: string,
    options: ModelCallOptions = {},
  ): ReturnType<InferenceClient['modelMetadata']> {
    return this.call('ModelMetadata', { name: model, version: options.version ?? '' }, 'read', options);
  }

  async modelConfig(
    model: string,
    options: ModelCallOptions = {},
  ): ReturnType<InferenceClient['modelConfig']> {
    const request = { name: model, version: options.version ?? '' };
    return configOf(await this.call('ModelConfig', request, 'read', options));
  }

  async statistics(
    model: string | null,
    options: ModelCallOptions = {},
  ): ReturnType<InferenceClient['statistics']> {
    const request = { name: model ?? '', version: options.version ?? '' };
    return (await this.call('ModelStatistics', request, 'read', options)).model_stats;
  }

  async repositoryIndex(
    options: CallOptions & { readonly onlyReady?: boolean } = {},
  ): ReturnType<InferenceClient['repositoryIndex']> {
    const request = { repository_name: '', ready: options.onlyReady ?? false };
    const { models } = await this.call('RepositoryIndex', request, 'read', options);
    return models.map((row) => indexEntry({ ...row }));
  }

  async load(model: string, options: RepositoryCallOptions = {}): Promise<void> {
    const parameters = repositoryParameters(options.parameters ?? {});
    const request = { repository_name: '', model_name: model, parameters };
    await this.call('RepositoryModelLoad', request, 'change', options);
  }

  async unload(model: string, options: RepositoryCallOptions = {}): Promise<void> {
    const parameters = repositoryParameters(options.parameters ?? {});
    const request = { repository_name: '', model_name: model, parameters };
    await this.call('RepositoryModelUnload', request, 'change', options);
  }

  async infer(model: string, input: InferenceInput, options: CallOptions = {}): Promise<InferResult> {
    const bytes = encodeModelInferRequest({
      modelName: model,
      modelVersion: input.version ?? '',
      request: requestOf(input),
    });
    return this.scoped(options, async (scope) => {
      const metadata = metadataOf({ ...this.headers, ...options.headers });
      const answer = await withRetries(
        retryPolicy(this.options, options),
        scope,
        (error) => error.notExecuted,
        async () => callUnary(this.client, this.service.ModelInfer, bytes, metadata, scope),
      );
      return resultOf(answerOf(() => decodeModelInferResponse(answer, this.limits)));
    });
  }

  inferStream(
    requests: AsyncIterable<StreamRequest> | Iterable<StreamRequest>,
    options: CallOptions = {},
  ): AsyncIterable<StreamAnswer> {
    const metadata = metadataOf({ ...this.headers, ...options.headers });
    return inferStream(this.client, requests, metadata, this.limits, options);
  }

  close(): void {
    this.client.close();
  }

  /** UNAVAILABLE from the server itself is an answer. */
  private async health(answer: Promise<boolean>): Promise<boolean> {
    try {
      return await answer;
    } catch (error) {
      const said = error instanceof InferenceClientError && error.problem === 'unavailable';
      if (said && error.status !== null) return false;
      throw error;
    }
  }

  private async call<Name extends keyof GenericCalls>(
    name: Name,
    request: GenericCalls[Name][0],
    kind: 'health' | 'read' | 'change',
    options: CallOptions,
  ): Promise<GenericCalls[Name][1]> {
    // TypeScript does not see that the name picks the same pair of types twice.
    const method = this.service[name] as MethodDefinition<GenericCalls[Name][0], GenericCalls[Name][1]>;
    return this.scoped(options, async (scope) => {
      const metadata = metadataOf({ ...this.headers, ...options.headers });
      return withRetries(
        retryPolicy(this.options, options),
        scope,
        (error) => mayRepeat(error, kind),
        async () => callUnary(this.client, method, request, metadata, scope),
      );
    });
  }

  private async scoped<Result>(
    options: CallOptions,
    work: (scope: CallScope) => Promise<Result>,
  ): Promise<Result> {
    const scope = new CallScope('grpc', options);
    try {
      return await work(scope);
    } finally {
      scope.close();
    }
  }
}

function mayRepeat(error: InferenceClientError, kind: 'health' | 'read' | 'change'): boolean {
  if (error.problem !== 'unavailable') return false;
  if (kind === 'health') return error.status === null;
  return kind === 'read' || error.notExecuted;
}

function credentialsOf(tls: boolean | GrpcTlsOptions): ChannelCredentials {
  if (tls === false) return credentials.createInsecure();
  const { ca = null, key = null, cert = null } = tls === true ? {} : tls;
  return credentials.createSsl(ca, key, cert);
}
