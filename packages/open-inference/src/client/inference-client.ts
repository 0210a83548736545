import type {
  ModelConfigJson,
  ModelMetadata,
  ModelStatistics,
  Parameters,
  ParameterValue,
  RepositoryIndexEntry,
  RequestedOutput,
  ServerMetadata,
  WireTensor,
} from '../messages.ts';
import type { InferResult } from './infer-result.ts';

/** What every call takes. */
export interface CallOptions {
  /** Ends the call; it rejects with the problem `cancelled`. */
  readonly signal?: AbortSignal;
  /** Milliseconds for the whole call, retries and waiting included; it rejects with `deadline`. */
  readonly timeoutMs?: number;
  /** How often a call that may be made again is made again. Default: that of the client. */
  readonly retries?: number;
  /** Headers of HTTP, or metadata of gRPC. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A call about a model. */
export interface ModelCallOptions extends CallOptions {
  /** Default: the latest that is ready. */
  readonly version?: string;
}

/** What is asked of a model. */
export interface InferenceInput {
  /** `tensorFrom()` makes them. */
  readonly inputs: readonly WireTensor[];
  /** Names, or names with parameters such as `classification`; default: all outputs. */
  readonly outputs?: readonly (string | RequestedOutput)[];
  /** Comes back in the result. */
  readonly id?: string;
  readonly parameters?: Parameters | Readonly<Record<string, ParameterValue>>;
  /** Default: the latest that is ready. */
  readonly version?: string;
  /**
   * Whether REST carries tensors as bytes, both ways, which is many times faster; default `true`. Say
   * `false` to a server without the binary tensor data extension. gRPC always does.
   */
  readonly binary?: boolean;
}

/** A call of load or unload. */
export interface RepositoryCallOptions extends CallOptions {
  /** Such as `config`, a model's configuration as JSON; `file:` parameters are bytes. */
  readonly parameters?: Readonly<Record<string, ParameterValue | Uint8Array>>;
}

/**
 * A server of the Open Inference Protocol, over REST or gRPC. Every method rejects with an
 * `InferenceClientError`.
 */
export interface InferenceClient {
  /** Whether the server answers. A server that cannot be reached is an error, not `false`. */
  live(options?: CallOptions): Promise<boolean>;
  /** Whether the server wants traffic. */
  ready(options?: CallOptions): Promise<boolean>;
  serverMetadata(options?: CallOptions): Promise<ServerMetadata>;
  modelReady(model: string, options?: ModelCallOptions): Promise<boolean>;
  modelMetadata(model: string, options?: ModelCallOptions): Promise<ModelMetadata>;
  modelConfig(model: string, options?: ModelCallOptions): Promise<ModelConfigJson>;
  /** Of one model, or of all for `null`. */
  statistics(model: string | null, options?: ModelCallOptions): Promise<readonly ModelStatistics[]>;
  repositoryIndex(
    options?: CallOptions & { readonly onlyReady?: boolean },
  ): Promise<readonly RepositoryIndexEntry[]>;
  /** Resolves when the model is ready. */
  load(model: string, options?: RepositoryCallOptions): Promise<void>;
  unload(model: string, options?: RepositoryCallOptions): Promise<void>;
  /** Made again only where the server cannot have run it: not reached, or refused as unavailable. */
  infer(model: string, input: InferenceInput, options?: CallOptions): Promise<InferResult>;
}
