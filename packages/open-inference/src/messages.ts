import type { Datatype } from './datatype.ts';

/** A value of a parameter. 64-bit integers that a `number` cannot hold exactly are `bigint`. */
export type ParameterValue = string | boolean | number | bigint;

/** Parameters by name, as sent: names like `__proto__` are names as any other. */
export type Parameters = ReadonlyMap<string, ParameterValue>;

/**
 * What a tensor holds. `bytes` are little-endian, row-major and without padding, at any offset of their
 * buffer; BOOL is one byte of 0 or 1. `elements` are those of BYTES. `region` is system shared memory,
 * offset and size in bytes.
 */
export type TensorContent =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'elements'; readonly elements: readonly Uint8Array[] }
  | { readonly kind: 'region'; readonly region: string; readonly offset: number; readonly byteSize: number };

/** A tensor of a request or response. The number of elements fits the shape, whatever codec made it. */
export interface WireTensor {
  readonly name: string;
  readonly datatype: Datatype;
  /** Sizes, each 0 or more; `[]` is a scalar. */
  readonly shape: readonly number[];
  readonly content: TensorContent;
  readonly parameters: Parameters;
}

/** An output that a request names. */
export interface RequestedOutput {
  readonly name: string;
  readonly parameters: Parameters;
}

/** A request for inference, of either protocol. */
export interface InferRequest {
  /** `''` when the client gave none. */
  readonly id: string;
  readonly parameters: Parameters;
  readonly inputs: readonly WireTensor[];
  /** In the order asked for; empty means all outputs. */
  readonly outputs: readonly RequestedOutput[];
}

/** The answer to an {@link InferRequest}, in the order of the outputs asked for. */
export interface InferResponse {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly id: string;
  readonly parameters: Parameters;
  readonly outputs: readonly WireTensor[];
}

/** Name, datatype and shape of an input or output; a free dimension is -1. */
export interface TensorMetadata {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

/** Answer to GET `/v2`. */
export interface ServerMetadata {
  readonly name: string;
  readonly version: string;
  readonly extensions: readonly string[];
}

/** Answer to GET `/v2/models/M`. */
export interface ModelMetadata {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
  /** Switchyard's server says here which backend, device and execution provider answer, and why. */
  readonly properties: Readonly<Record<string, string>>;
}

/** States of a version of a model in a repository. */
export type ModelState = 'UNKNOWN' | 'READY' | 'UNAVAILABLE' | 'LOADING' | 'UNLOADING';

/** A row of the repository index; a model that was never loaded has neither version nor state. */
export interface RepositoryIndexEntry {
  readonly name: string;
  readonly version?: string;
  readonly state?: ModelState;
  readonly reason?: string;
}

/** How often something happened and how long it took in all, in nanoseconds. */
export interface StatisticDuration {
  readonly count: number;
  readonly ns: number;
}

/** Cumulative statistics of requests. */
export interface InferStatistics {
  readonly success: StatisticDuration;
  readonly fail: StatisticDuration;
  readonly queue: StatisticDuration;
  readonly compute_input: StatisticDuration;
  readonly compute_infer: StatisticDuration;
  readonly compute_output: StatisticDuration;
  readonly cache_hit: StatisticDuration;
  readonly cache_miss: StatisticDuration;
}

/** Statistics of the executions of one batch size. */
export interface InferBatchStatistics {
  readonly batch_size: number;
  readonly compute_input: StatisticDuration;
  readonly compute_infer: StatisticDuration;
  readonly compute_output: StatisticDuration;
}

/** Memory that a model uses, in bytes. */
export interface MemoryUsage {
  readonly type: string;
  readonly id: number;
  readonly byte_size: number;
}

/** Statistics of one version of a model; every member is there, zeros included. */
export interface ModelStatistics {
  readonly name: string;
  readonly version: string;
  /** Milliseconds since the epoch of the last inference, 0 before the first. */
  readonly last_inference: number;
  /** Rows: a request of batch size 8 counts 8. */
  readonly inference_count: number;
  /** Runs of the model. */
  readonly execution_count: number;
  readonly inference_stats: InferStatistics;
  readonly response_stats: Readonly<Record<string, never>>;
  readonly batch_stats: readonly InferBatchStatistics[];
  readonly memory_usage: readonly MemoryUsage[];
}

/** A model's configuration as Triton's `ModelConfig` in proto-JSON: snake_case names, enumerations by name. */
export type ModelConfigJson = Readonly<Record<string, unknown>>;

/** Settings of traces: each a string or a list of strings. */
export type TraceSettings = Readonly<Record<string, string | readonly string[]>>;

/** Settings of logging. */
export type LogSettings = Readonly<Record<string, string | boolean | number>>;

/** A registered region of system shared memory. */
export interface SystemSharedMemoryRegion {
  readonly name: string;
  readonly key: string;
  readonly offset: number;
  readonly byte_size: number;
}
