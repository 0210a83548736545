import type { ModelSummary, ValueSummary } from '@switchyard/onnx';
import { dataTypeOf } from './data-types.ts';
import {
  ConfigProblem,
  type CompleteConfig,
  type CompleteTensor,
  type ModelConfig,
  type TensorConfig,
} from './model-config.ts';

/** A first dimension of such a name is free for another reason than rows. */
const NOT_ROWS = /seq|len|time|frame|token|height|width/i;

/**
 * Fills in what a configuration leaves open from the graph, and refuses what contradicts it.
 *
 * @param folderName name that the model has in its repository
 * @throws ConfigProblem with what was expected and what the model has
 */
export function completeConfig(
  config: ModelConfig,
  summary: ModelSummary,
  folderName: string,
  defaultMaxBatchSize: number,
): CompleteConfig {
  if (config.name !== undefined && config.name !== '' && config.name !== folderName) {
    throw new ConfigProblem(
      `unexpected directory name '${folderName}' for model '${config.name}', directory name must equal model name`,
    );
  }
  const inputs = inOrder('input', config.input ?? [], summary.inputs, false);
  const outputs = inOrder('output', config.output ?? [], summary.outputs, true);
  for (const value of [...inputs, ...outputs]) checkKind(value);
  const max_batch_size =
    config.max_batch_size ?? (isBatched(config, inputs, outputs) ? defaultMaxBatchSize : 0);
  if (max_batch_size < 0) {
    throw new ConfigProblem(`\`max_batch_size\` is ${max_batch_size}, but must be 0 or more`);
  }
  const batched = max_batch_size > 0;
  return {
    ...config,
    name: folderName,
    max_batch_size,
    input: completeTensors('input', config.input ?? [], inputs, batched),
    output: completeTensors('output', config.output ?? [], outputs, batched),
    instance_group:
      config.instance_group === undefined || config.instance_group.length === 0
        ? [{ name: `${folderName}_0`, kind: 'KIND_AUTO', count: 1 }]
        : config.instance_group.map((group, index) => ({
            ...group,
            name: group.name || `${folderName}_${index}`,
          })),
    version_policy:
      config.version_policy === undefined || Object.keys(config.version_policy).length === 0
        ? { latest: { num_versions: 1 } }
        : config.version_policy,
    ...(max_batch_size > 1 ? { dynamic_batching: config.dynamic_batching ?? {} } : {}),
  };
}

/**
 * Whether rows of several requests may be stacked where nobody said so: the first dimension of every input
 * and output is free, has one name, and is no length of a sequence; every input has more than that
 * dimension; and the configuration does not count it among `dims`.
 */
function isBatched(
  config: ModelConfig,
  inputs: readonly ValueSummary[],
  outputs: readonly ValueSummary[],
): boolean {
  const values = [...inputs, ...outputs];
  if (inputs.length === 0 || inputs.some(({ shape }) => (shape?.length ?? 0) < 2)) {
    return false;
  }
  const first = values.map(({ shape }) => (shape === null || shape.length === 0 ? 0 : shape[0]!));
  if (first.some((size) => typeof size === 'number' || size !== first[0])) return false;
  if (typeof first[0] === 'string' && NOT_ROWS.test(first[0])) return false;
  const written = [...(config.input ?? []), ...(config.output ?? [])];
  return written.every(({ name, dims }) => {
    const value = values.find((candidate) => candidate.name === name);
    return dims === undefined || dims.length === 0 || value?.shape?.length !== dims.length;
  });
}

function checkKind(value: ValueSummary): void {
  if (value.kind !== 'tensor' || value.dtype === null) {
    throw new ConfigProblem(
      `\`${value.name}\` is ${value.type}, which is no tensor, and the protocol carries nothing else; export the model with tensors only, or name the other outputs in config.pbtxt`,
    );
  }
  if (dataTypeOf(value.dtype) === null) {
    throw new ConfigProblem(`\`${value.name}\` is ${value.type}, and the protocol has no datatype for it`);
  }
}

/**
 * The values of the graph in the order of the configuration. What it does not name follows, but for
 * outputs: naming some means that only those are served.
 */
function inOrder(
  role: 'input' | 'output',
  written: readonly TensorConfig[],
  values: readonly ValueSummary[],
  onlyWritten: boolean,
): readonly ValueSummary[] {
  const ordered = new Set<ValueSummary>();
  for (const [index, { name = '' }] of written.entries()) {
    const value = values.find((candidate) => candidate.name === name);
    if (value === undefined) {
      const names = values.map((candidate) => candidate.name).join(', ');
      throw new ConfigProblem(
        `unexpected inference ${role} '${name}' in \`${role}[${index}]\`, allowed ${role}s are: ${names}`,
      );
    }
    if (ordered.has(value)) throw new ConfigProblem(`${role} '${name}' is written twice`);
    ordered.add(value);
  }
  if (onlyWritten && ordered.size > 0) return [...ordered];
  return [...ordered, ...values.filter((value) => !ordered.has(value))];
}

function completeTensors(
  role: 'input' | 'output',
  written: readonly TensorConfig[],
  values: readonly ValueSummary[],
  batched: boolean,
): readonly CompleteTensor[] {
  return values.map((value) => {
    const own = written.find(({ name }) => name === value.name) ?? {};
    return completeTensor(role, own, value, batched);
  });
}

function completeTensor(
  role: string,
  own: TensorConfig,
  value: ValueSummary,
  batched: boolean,
): CompleteTensor {
  const data_type = dataTypeOf(value.dtype ?? '')!;
  if (own.data_type !== undefined && own.data_type !== 'TYPE_INVALID' && own.data_type !== data_type) {
    throw new ConfigProblem(
      `${role} '${value.name}' is configured as ${own.data_type}, but the model has ${data_type}`,
    );
  }
  const dims = completeDims(role, own.dims, value, batched);
  return { ...own, name: value.name, data_type, dims };
}

function completeDims(
  role: string,
  written: readonly number[] | undefined,
  value: ValueSummary,
  batched: boolean,
): readonly number[] {
  const shape = value.shape?.map((size) => (typeof size === 'number' ? size : -1)) ?? null;
  if (shape === null) {
    if (written !== undefined) return written;
    // The engine knows more about what it makes; it is asked once it has the model.
    if (role === 'output') return [-1];
    throw new ConfigProblem(
      `the model does not say how many dimensions ${role} '${value.name}' has; write its \`dims\` in config.pbtxt`,
    );
  }
  if (batched && shape[0] !== -1) {
    throw new ConfigProblem(
      `model tensor '${value.name}': for the model to support batching the shape should have at least 1 dimension and ` +
        `the first dimension must be -1; but shape expected by the model is [${shape.join(',')}]; set \`max_batch_size\` to 0`,
    );
  }
  const own = batched ? shape.slice(1) : shape;
  if (written === undefined || (written.length === 0 && own.length > 0)) return own;
  const fits =
    written.length === own.length &&
    own.every((size, axis) => written[axis]! >= -1 && (size === -1 || size === written[axis]));
  if (fits) return written;
  const hint = batched ? ' behind the batch dimension' : '';
  throw new ConfigProblem(
    `${role} '${value.name}' is configured with dims [${written.join(',')}], but the model has [${own.join(',')}]${hint}`,
  );
}
