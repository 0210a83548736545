import {
  ConfigProblem,
  type InstanceGroupConfig,
  type ModelConfig,
  type TensorConfig,
} from './model-config.ts';

const PLATFORMS = ['', 'onnxruntime_onnx', 'onnx_onnxv1'];
const BACKENDS = ['', 'onnxruntime'];

const REFUSED: Readonly<Record<string, string>> = {
  sequence_batching:
    'sequences of requests that belong together are not supported; keep the state in the client',
  ensemble_scheduling:
    'ensembles are not supported; merge the models into one graph, or call them one by one',
  batch_input: 'inputs that are made from a batch are not supported',
  batch_output: 'outputs that are scattered over a batch are not supported',
  model_operations: 'libraries with operators of your own are not loaded; use operators of ONNX',
  model_repository_agents: 'repository agents are not supported; prepare the files before they are served',
  cc_model_filenames:
    'a file by compute capability is not supported; name one file with `default_model_filename`',
};

/**
 * Refuses what Switchyard knows but does not do, so that nothing asked for is silently left out.
 *
 * @param where name of what was read, for messages
 * @throws ConfigProblem with the field and a way out
 */
export function checkSupport(config: ModelConfig, where: string): ModelConfig {
  const refuse = (field: string, sentence: string): never => {
    throw new ConfigProblem(`${where}: \`${field}\`: ${sentence}`);
  };
  const given = config as Readonly<Record<string, unknown>>;
  for (const [field, sentence] of Object.entries(REFUSED)) {
    if (isAskedFor(field, given[field])) refuse(field, sentence);
  }
  const { platform = '', backend = '', runtime = '' } = config;
  if (!PLATFORMS.includes(platform)) {
    refuse('platform', `'${platform}' is not served, only ONNX models are (\`onnxruntime_onnx\`)`);
  }
  if (!BACKENDS.includes(backend)) {
    refuse(
      'backend',
      `'${backend}' is not served, only ONNX models are (\`onnxruntime\`); to choose among Switchyard's backends write the parameter \`backend\``,
    );
  }
  if (runtime !== '') refuse('runtime', 'a library to load is not supported; leave it out');
  if (
    (given['model_transaction_policy'] as { readonly decoupled?: boolean } | undefined)?.decoupled === true
  ) {
    refuse('model_transaction_policy.decoupled', 'a model answers each request once; leave it out');
  }
  const optimization = given['optimization'] as Readonly<Record<string, unknown>> | undefined;
  if (optimization?.['execution_accelerators'] !== undefined) {
    refuse(
      'optimization.execution_accelerators',
      'accelerators are chosen as a backend; write the parameter `backend`, as in parameters { key: "backend" value { string_value: "openvino" } }',
    );
  }
  for (const role of ['input', 'output'] as const) {
    for (const [index, tensor] of (config[role] ?? []).entries()) {
      checkTensor(tensor, `${role}[${index}]`, refuse);
    }
  }
  for (const [index, group] of (config.instance_group ?? []).entries()) {
    checkGroup(group, `instance_group[${index}]`, refuse);
  }
  return config;
}

/** A message that is there is asked for, even if nothing is in it; a list or map with nothing in it is not. */
function isAskedFor(field: string, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const isMessage = !Array.isArray(value) && field !== 'cc_model_filenames';
  return isMessage || Object.keys(value).length > 0;
}

type Refuse = (field: string, sentence: string) => never;

function checkTensor(tensor: TensorConfig, path: string, refuse: Refuse): void {
  if (tensor.reshape !== undefined) {
    refuse(`${path}.reshape`, 'tensors keep the shape that the model has; write that shape in `dims`');
  }
  if (tensor.is_shape_tensor === true) refuse(`${path}.is_shape_tensor`, 'it is for TensorRT plans');
  if ((tensor as Readonly<Record<string, unknown>>)['is_non_linear_format_io'] === true) {
    refuse(`${path}.is_non_linear_format_io`, 'it is for TensorRT plans');
  }
  if (tensor.allow_ragged_batch === true) {
    refuse(`${path}.allow_ragged_batch`, 'only requests of one shape are batched; pad them in the client');
  }
  if (tensor.optional === true) {
    refuse(
      `${path}.optional`,
      'every input of an ONNX graph has to be fed; make it an initializer to give it a default',
    );
  }
}

function checkGroup(group: InstanceGroupConfig, path: string, refuse: Refuse): void {
  if (group.rate_limiter !== undefined) {
    refuse(`${path}.rate_limiter`, 'resources are not counted; bound the model with `count` and its queue');
  }
  if ((group.profile ?? []).length > 0) refuse(`${path}.profile`, 'profiles are for TensorRT plans');
  if (group.passive === true)
    refuse(`${path}.passive`, 'an instance that takes no requests is of no use here');
  if ((group.secondary_devices ?? []).length > 0) {
    refuse(`${path}.secondary_devices`, 'a model runs on one device; leave it out');
  }
}
