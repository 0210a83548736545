/** The element types of Triton's `DataType`, by number. */
export const DATA_TYPES = [
  'TYPE_INVALID',
  'TYPE_BOOL',
  'TYPE_UINT8',
  'TYPE_UINT16',
  'TYPE_UINT32',
  'TYPE_UINT64',
  'TYPE_INT8',
  'TYPE_INT16',
  'TYPE_INT32',
  'TYPE_INT64',
  'TYPE_FP16',
  'TYPE_FP32',
  'TYPE_FP64',
  'TYPE_STRING',
  'TYPE_BF16',
] as const;

export type DataType = (typeof DATA_TYPES)[number];

/** One input or output of a `ModelConfig`. */
export interface TensorConfig {
  readonly name?: string;
  readonly data_type?: DataType;
  readonly dims?: readonly number[];
  readonly format?: string;
  readonly label_filename?: string;
  readonly reshape?: { readonly shape?: readonly number[] };
  readonly is_shape_tensor?: boolean;
  readonly allow_ragged_batch?: boolean;
  readonly optional?: boolean;
}

export interface InstanceGroupConfig {
  readonly name?: string;
  readonly count?: number;
  readonly gpus?: readonly number[];
  readonly kind?: 'KIND_AUTO' | 'KIND_GPU' | 'KIND_CPU' | 'KIND_MODEL';
  readonly profile?: readonly string[];
  readonly rate_limiter?: unknown;
  readonly passive?: boolean;
  readonly secondary_devices?: readonly unknown[];
  readonly host_policy?: string;
}

export interface VersionPolicyConfig {
  readonly latest?: { readonly num_versions?: number };
  readonly all?: object;
  readonly specific?: { readonly versions?: readonly number[] };
}

export interface QueuePolicyConfig {
  readonly timeout_action?: 'REJECT' | 'DELAY';
  readonly default_timeout_microseconds?: number;
  readonly allow_timeout_override?: boolean;
  readonly max_queue_size?: number;
}

export interface DynamicBatchingConfig {
  readonly preferred_batch_size?: readonly number[];
  readonly max_queue_delay_microseconds?: number;
  readonly preserve_ordering?: boolean;
  readonly priority_levels?: number;
  readonly default_priority_level?: number;
  readonly default_queue_policy?: QueuePolicyConfig;
  readonly priority_queue_policy?: Readonly<Record<string, QueuePolicyConfig>>;
}

export interface WarmupInputConfig {
  readonly data_type?: DataType;
  readonly dims?: readonly number[];
  readonly zero_data?: boolean;
  readonly random_data?: boolean;
  readonly input_data_file?: string;
}

export interface WarmupConfig {
  readonly name?: string;
  readonly batch_size?: number;
  readonly inputs?: Readonly<Record<string, WarmupInputConfig>>;
  readonly count?: number;
}

/**
 * Triton's `ModelConfig` as it was written: a member is absent where nobody said anything. Names are those
 * of the protocol buffer. What Switchyard refuses is not typed here; `check-support.ts` looks for it.
 */
export interface ModelConfig {
  readonly name?: string;
  readonly platform?: string;
  readonly backend?: string;
  readonly runtime?: string;
  readonly version_policy?: VersionPolicyConfig;
  readonly max_batch_size?: number;
  readonly input?: readonly TensorConfig[];
  readonly output?: readonly TensorConfig[];
  readonly instance_group?: readonly InstanceGroupConfig[];
  readonly default_model_filename?: string;
  readonly dynamic_batching?: DynamicBatchingConfig;
  readonly parameters?: Readonly<Record<string, { readonly string_value?: string }>>;
  readonly model_warmup?: readonly WarmupConfig[];
  readonly response_cache?: { readonly enable?: boolean };
}

/** An input or output once the graph filled in what was missing. */
export interface CompleteTensor extends TensorConfig {
  readonly name: string;
  readonly data_type: DataType;
  /** Without the batch dimension; -1 is free. */
  readonly dims: readonly number[];
}

/** A `ModelConfig` that agrees with its graph and leaves nothing open. */
export interface CompleteConfig extends ModelConfig {
  readonly name: string;
  readonly max_batch_size: number;
  readonly input: readonly CompleteTensor[];
  readonly output: readonly CompleteTensor[];
}

/** Why a model cannot be loaded as it is configured, in words for whoever wrote the configuration. */
export class ConfigProblem extends Error {
  override readonly name = 'ConfigProblem';
}
