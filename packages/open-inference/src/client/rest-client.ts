import { DEFAULT_CODEC_LIMITS, type CodecLimits, type EncodedBody } from '../infer/codec-options.ts';
import { parseHeaderLength } from '../infer/header-length.ts';
import { parseInferResponse } from '../infer/parse-infer-response.ts';
import { writeInferRequest } from '../infer/write-infer-request.ts';
import type { InferRequest, InferResponse } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { CallScope } from './call-scope.ts';
import { InferenceClientError } from './client-error.ts';
import type {
  CallOptions,
  InferenceClient,
  InferenceInput,
  ModelCallOptions,
  RepositoryCallOptions,
} from './inference-client.ts';
import { requestOf, resultOf, type InferResult } from './infer-result.ts';
import {
  readHealth,
  readModelConfig,
  readModelMetadata,
  readRepositoryIndex,
  readServerMetadata,
  readStatistics,
} from './rest-documents.ts';
import { sendRest, type RestAnswer, type RestRequest, type RestTarget } from './rest-transport.ts';
import { retryPolicy, withRetries, type RetryOptions } from './retry.ts';

/** Options of {@link createRestClient}. */
export interface RestClientOptions extends RetryOptions {
  /** Such as `http://localhost:8000`; a path before `/v2` is kept. */
  readonly baseUrl: string;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** Sent as `Authorization: Bearer`. */
  readonly apiKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How requests of `infer` are compressed; default: not at all. Answers are what `fetch` asks for. */
  readonly compression?: 'gzip' | 'deflate';
  /** What is taken of an answer. */
  readonly limits?: CodecLimits;
}

/** A client over REST, for Node and browsers: it needs `fetch` and nothing else. */
export function createRestClient(options: RestClientOptions): InferenceClient {
  return new RestClient(options);
}

/** What may be made again after it failed: everything, what was not executed, or (for health) nothing said. */
type Repeat = 'always' | 'unless executed' | 'unless answered';

class RestClient implements InferenceClient {
  private readonly options: RestClientOptions;
  private readonly target: RestTarget;

  constructor(options: RestClientOptions) {
    this.options = options;
    this.target = {
      baseUrl: options.baseUrl.replace(/\/+$/, ''),
      // Browsers refuse a fetch that is called as a method of something else than their window.
      fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
      headers: {
        ...(options.apiKey === undefined ? {} : { authorization: `Bearer ${options.apiKey}` }),
        ...options.headers,
      },
      compression: options.compression ?? null,
    };
  }

  async live(options: CallOptions = {}): Promise<boolean> {
    return this.health('/v2/health/live', 'live', options);
  }

  async ready(options: CallOptions = {}): Promise<boolean> {
    return this.health('/v2/health/ready', 'ready', options);
  }

  async serverMetadata(options: CallOptions = {}): ReturnType<InferenceClient['serverMetadata']> {
    return readServerMetadata(await this.call({ path: '/v2' }, 'always', options));
  }

  async modelReady(model: string, options: ModelCallOptions = {}): Promise<boolean> {
    return this.health(`${modelPath(model, options.version)}/ready`, 'ready', options);
  }

  async modelMetadata(
    model: string,
    options: ModelCallOptions = {},
  ): ReturnType<InferenceClient['modelMetadata']> {
    return readModelMetadata(await this.call({ path: modelPath(model, options.version) }, 'always', options));
  }

  async modelConfig(
    model: string,
    options: ModelCallOptions = {},
  ): ReturnType<InferenceClient['modelConfig']> {
    const path = `${modelPath(model, options.version)}/config`;
    return readModelConfig(await this.call({ path }, 'always', options));
  }

  async statistics(
    model: string | null,
    options: ModelCallOptions = {},
  ): ReturnType<InferenceClient['statistics']> {
    const path = model === null ? '/v2/models/stats' : `${modelPath(model, options.version)}/stats`;
    return readStatistics(await this.call({ path }, 'always', options));
  }

  async repositoryIndex(
    options: CallOptions & { readonly onlyReady?: boolean } = {},
  ): ReturnType<InferenceClient['repositoryIndex']> {
    const body = jsonBody({ ready: options.onlyReady ?? false });
    const request = { method: 'POST', path: '/v2/repository/index', body } as const;
    return readRepositoryIndex(await this.call(request, 'always', options));
  }

  async load(model: string, options: RepositoryCallOptions = {}): Promise<void> {
    await this.changeRepository(model, 'load', options);
  }

  async unload(model: string, options: RepositoryCallOptions = {}): Promise<void> {
    await this.changeRepository(model, 'unload', options);
  }

  async infer(model: string, input: InferenceInput, options: CallOptions = {}): Promise<InferResult> {
    const request = requestOf(input);
    const answer = await this.call(
      {
        method: 'POST',
        path: `${modelPath(model, input.version)}/infer`,
        body: writeInferRequest(request, { binary: input.binary ?? true }),
        compress: true,
      },
      'unless executed',
      options,
    );
    return resultOf(this.readResponse(answer, model, request));
  }

  private readResponse(answer: RestAnswer, model: string, request: InferRequest): InferResponse {
    const header = answer.headers.get('inference-header-content-length') ?? undefined;
    try {
      return parseInferResponse(answer.body, {
        headerLength: parseHeaderLength(header, answer.body.length),
        limits: this.options.limits ?? DEFAULT_CODEC_LIMITS,
        model,
        outputs: request.outputs,
      });
    } catch (error) {
      if (!ProtocolError.isInstance(error)) throw error;
      throw new InferenceClientError(
        'internal',
        `the answer of the server cannot be read: ${error.message}`,
        { protocol: 'rest', status: answer.status, notExecuted: false, cause: error },
      );
    }
  }

  private async changeRepository(
    model: string,
    action: 'load' | 'unload',
    options: RepositoryCallOptions,
  ): Promise<void> {
    const parameters = Object.fromEntries(
      Object.entries(options.parameters ?? {}).map(([name, value]) => [name, jsonParameter(value)]),
    );
    const path = `/v2/repository/models/${encodeURIComponent(model)}/${action}`;
    const body = jsonBody(options.parameters === undefined ? {} : { parameters });
    await this.call({ method: 'POST', path, body }, 'unless executed', options);
  }

  private async health(path: string, member: 'live' | 'ready', options: CallOptions): Promise<boolean> {
    try {
      return readHealth(await this.call({ path }, 'unless answered', options), member);
    } catch (error) {
      // Triton says 400, KServe and Switchyard 503.
      if (error instanceof InferenceClientError && (error.status === 400 || error.status === 503))
        return false;
      throw error;
    }
  }

  private async call(
    request: Partial<RestRequest> & Pick<RestRequest, 'path'> & { readonly compress?: boolean },
    repeat: Repeat,
    options: CallOptions,
  ): Promise<RestAnswer> {
    const scope = new CallScope('rest', options);
    try {
      const ended = scope.ended();
      if (ended !== null) throw ended;
      const target = request.compress === true ? this.target : { ...this.target, compression: null };
      const { method = 'GET', path, body = null } = request;
      const headers = options.headers ?? {};
      return await withRetries(
        retryPolicy(this.options, options),
        scope,
        (error) => mayRepeat(error, repeat),
        () => sendRest(target, { method, path, headers, body }, scope),
      );
    } finally {
      scope.close();
    }
  }
}

function mayRepeat(error: InferenceClientError, repeat: Repeat): boolean {
  const answered = error.problem !== 'unavailable' || error.status !== null;
  const endedEarly = error.problem === 'internal' && error.status !== null && error.status < 300;
  if (repeat === 'unless answered') return !answered;
  return error.notExecuted || (repeat === 'always' && (!answered || endedEarly));
}

function modelPath(model: string, version: string | undefined): string {
  const path = `/v2/models/${encodeURIComponent(model)}`;
  return version === undefined || version === '' ? path : `${path}/versions/${encodeURIComponent(version)}`;
}

function jsonBody(document: unknown): EncodedBody {
  const bytes = new TextEncoder().encode(JSON.stringify(document));
  return {
    chunks: [bytes],
    byteLength: bytes.byteLength,
    headerLength: null,
    contentType: 'application/json',
  };
}

/** JSON carries bytes as base64, and no integer beyond what a number holds exactly. */
function jsonParameter(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (!(value instanceof Uint8Array)) return value;
  let binary = '';
  for (let start = 0; start < value.length; start += 8192) {
    binary += String.fromCharCode(...value.subarray(start, start + 8192));
  }
  return btoa(binary);
}
