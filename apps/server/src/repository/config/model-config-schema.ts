import { DATA_TYPES } from './model-config.ts';
import {
  BOOL,
  choiceOf,
  enumeration,
  INT32,
  INT64,
  mapOf,
  message,
  nested,
  OPAQUE,
  repeated,
  STRING,
  UINT32,
  UINT64,
  type MessageSchema,
} from './schema.ts';

const DATA_TYPE = enumeration('DataType', DATA_TYPES);
const RESHAPE = nested(message('ModelTensorReshape', { shape: repeated(INT64) }));

const INPUT = message('ModelInput', {
  name: STRING,
  data_type: DATA_TYPE,
  format: enumeration('Format', ['FORMAT_NONE', 'FORMAT_NHWC', 'FORMAT_NCHW']),
  dims: repeated(INT64),
  reshape: RESHAPE,
  is_shape_tensor: BOOL,
  allow_ragged_batch: BOOL,
  optional: BOOL,
  is_non_linear_format_io: BOOL,
});

const OUTPUT = message('ModelOutput', {
  name: STRING,
  data_type: DATA_TYPE,
  dims: repeated(INT64),
  reshape: RESHAPE,
  label_filename: STRING,
  is_shape_tensor: BOOL,
  is_non_linear_format_io: BOOL,
});

const INSTANCE_GROUP = message('ModelInstanceGroup', {
  name: STRING,
  kind: enumeration('Kind', ['KIND_AUTO', 'KIND_GPU', 'KIND_CPU', 'KIND_MODEL']),
  count: INT32,
  rate_limiter: OPAQUE,
  gpus: repeated(INT32),
  secondary_devices: repeated(OPAQUE),
  profile: repeated(STRING),
  passive: BOOL,
  host_policy: STRING,
});

const VERSION_POLICY = message('ModelVersionPolicy', {
  latest: choiceOf('policy_choice', nested(message('Latest', { num_versions: UINT32 }))),
  all: choiceOf('policy_choice', nested(message('All', {}))),
  specific: choiceOf('policy_choice', nested(message('Specific', { versions: repeated(INT64) }))),
});

const QUEUE_POLICY = message('ModelQueuePolicy', {
  timeout_action: enumeration('TimeoutAction', ['REJECT', 'DELAY']),
  default_timeout_microseconds: UINT64,
  allow_timeout_override: BOOL,
  max_queue_size: UINT32,
});

const DYNAMIC_BATCHING = message('ModelDynamicBatching', {
  preferred_batch_size: repeated(INT32),
  max_queue_delay_microseconds: UINT64,
  preserve_ordering: BOOL,
  priority_levels: UINT64,
  default_priority_level: UINT64,
  default_queue_policy: nested(QUEUE_POLICY),
  priority_queue_policy: mapOf('uint64', nested(QUEUE_POLICY)),
});

const WARMUP_INPUT = message('ModelWarmup.Input', {
  data_type: DATA_TYPE,
  dims: repeated(INT64),
  zero_data: choiceOf('input_data_type', BOOL),
  random_data: choiceOf('input_data_type', BOOL),
  input_data_file: choiceOf('input_data_type', STRING),
});

const WARMUP = message('ModelWarmup', {
  name: STRING,
  batch_size: UINT32,
  inputs: mapOf('string', nested(WARMUP_INPUT)),
  count: UINT32,
});

const PINNED = nested(message('PinnedMemoryBuffer', { enable: BOOL }));

const OPTIMIZATION = message('ModelOptimizationPolicy', {
  graph: nested(message('Graph', { level: INT32 })),
  priority: enumeration('ModelPriority', ['PRIORITY_DEFAULT', 'PRIORITY_MAX', 'PRIORITY_MIN']),
  cuda: OPAQUE,
  execution_accelerators: OPAQUE,
  input_pinned_memory: PINNED,
  output_pinned_memory: PINNED,
  gather_kernel_buffer_threshold: UINT32,
  eager_batching: BOOL,
});

/** The fields of Triton's `ModelConfig`. Closed: what is not here is a mistake. */
export const MODEL_CONFIG: MessageSchema = message('ModelConfig', {
  name: STRING,
  platform: STRING,
  backend: STRING,
  runtime: STRING,
  version_policy: nested(VERSION_POLICY),
  max_batch_size: INT32,
  input: repeated(nested(INPUT)),
  output: repeated(nested(OUTPUT)),
  batch_input: repeated(OPAQUE),
  batch_output: repeated(OPAQUE),
  optimization: nested(OPTIMIZATION),
  dynamic_batching: choiceOf('scheduling_choice', nested(DYNAMIC_BATCHING)),
  sequence_batching: choiceOf('scheduling_choice', OPAQUE),
  ensemble_scheduling: choiceOf('scheduling_choice', OPAQUE),
  instance_group: repeated(nested(INSTANCE_GROUP)),
  default_model_filename: STRING,
  cc_model_filenames: mapOf('string', STRING),
  metric_tags: mapOf('string', STRING),
  parameters: mapOf('string', nested(message('ModelParameter', { string_value: STRING }))),
  model_warmup: repeated(nested(WARMUP)),
  model_operations: OPAQUE,
  model_transaction_policy: nested(message('ModelTransactionPolicy', { decoupled: BOOL })),
  model_repository_agents: OPAQUE,
  response_cache: nested(message('ModelResponseCache', { enable: BOOL })),
  model_metrics: OPAQUE,
});
