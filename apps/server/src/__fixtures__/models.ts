import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DType } from '@switchyard/core';
import { buildModel, loopModel, mlpModel, type NodeSpec, type TensorTypeSpec } from '@switchyard/onnx/testing';

/** A tensor of a model as a configuration names it: without the batch dimension. */
export interface FixtureTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly labels?: readonly string[];
}

/** A small model with what its `config.pbtxt` says. */
export interface FixtureModel {
  readonly name: string;
  readonly maxBatchSize: number;
  readonly inputs: readonly FixtureTensor[];
  readonly outputs: readonly FixtureTensor[];
  readonly bytes: Uint8Array;
}

const DATA_TYPES: Readonly<Record<DType, string>> = {
  float32: 'TYPE_FP32',
  float64: 'TYPE_FP64',
  float16: 'TYPE_FP16',
  bfloat16: 'TYPE_BF16',
  int8: 'TYPE_INT8',
  int16: 'TYPE_INT16',
  int32: 'TYPE_INT32',
  int64: 'TYPE_INT64',
  uint8: 'TYPE_UINT8',
  uint16: 'TYPE_UINT16',
  uint32: 'TYPE_UINT32',
  uint64: 'TYPE_UINT64',
  int4: 'TYPE_INVALID',
  uint4: 'TYPE_INVALID',
  bool: 'TYPE_BOOL',
  string: 'TYPE_STRING',
};

/** Numbers of ONNX's element types, for `Cast`. */
const CAST = { int8: 3, int32: 6, string: 8 } as const;

/** OUTPUT0 = INPUT0 + INPUT1 and OUTPUT1 = INPUT0 - INPUT1, sixteen int32 in a row. */
export function simpleModel(): FixtureModel {
  return addSub('simple', 'int32');
}

/** {@link simpleModel} for int8, computed in int32 and wrapped around. */
function simpleInt8Model(): FixtureModel {
  return addSub('simple_int8', 'int8');
}

/** {@link simpleModel} for integers written as strings. */
function simpleStringModel(): FixtureModel {
  return addSub('simple_string', 'string');
}

/** Any number of strings in a row, as they are. */
export function simpleIdentityModel(): FixtureModel {
  return {
    name: 'simple_identity',
    maxBatchSize: 8,
    ...identity('string', 'INPUT0', 'OUTPUT0', [-1]),
  };
}

/** The tensors of Triton's `simple_sequence`, without its memory: OUTPUT is INPUT. */
function sequenceFreeModel(): FixtureModel {
  return { name: 'simple_sequence_free', maxBatchSize: 8, ...identity('int32', 'INPUT', 'OUTPUT', [1]) };
}

/** 64 floats to ten scores with labels. */
export function classifierModel(): FixtureModel {
  const labels = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
  return {
    name: 'classifier',
    maxBatchSize: 32,
    inputs: [{ name: 'x', dtype: 'float32', dims: [64] }],
    outputs: [{ name: 'y', dtype: 'float32', dims: [10], labels }],
    bytes: mlpModel([64, 32, 10]),
  };
}

/** `y = x` of any shape `[n, m]`, without a batch dimension. */
export function identityOf(dtype: DType): FixtureModel {
  const tensors = identity(dtype, 'x', 'y', [-1]);
  const dims = [-1, -1];
  return {
    name: `identity_${dtype}`,
    maxBatchSize: 0,
    inputs: tensors.inputs.map((tensor) => ({ ...tensor, dims })),
    outputs: tensors.outputs.map((tensor) => ({ ...tensor, dims })),
    bytes: tensors.bytes,
  };
}

/** Adds `step` to `start` `count` times: with the largest count it never ends. */
export function endlessModel(): FixtureModel {
  return {
    name: 'endless',
    maxBatchSize: 0,
    inputs: [
      { name: 'count', dtype: 'int64', dims: [] },
      { name: 'start', dtype: 'float32', dims: [1] },
      { name: 'step', dtype: 'float32', dims: [1] },
    ],
    outputs: [{ name: 'result', dtype: 'float32', dims: [1] }],
    bytes: loopModel(),
  };
}

/** The five small models that clients of the protocol are tried with. */
export function protocolModels(): readonly FixtureModel[] {
  return [
    simpleModel(),
    simpleInt8Model(),
    simpleStringModel(),
    simpleIdentityModel(),
    sequenceFreeModel(),
  ];
}

/** Writes models as Triton keeps them: `<folder>/<model>/config.pbtxt`, labels and `1/model.onnx`. */
export async function writeModelRepository(folder: string, models: readonly FixtureModel[]): Promise<void> {
  for (const model of models) {
    const home = join(folder, model.name);
    await mkdir(join(home, '1'), { recursive: true });
    await writeFile(join(home, '1', 'model.onnx'), model.bytes);
    await writeFile(join(home, 'config.pbtxt'), configText(model));
    for (const { name, labels } of model.outputs) {
      if (labels !== undefined) await writeFile(join(home, `${name}.labels.txt`), `${labels.join('\n')}\n`);
    }
  }
}

function configText(model: FixtureModel): string {
  const tensor = ({ name, dtype, dims, labels }: FixtureTensor): string =>
    `  { name: "${name}" data_type: ${DATA_TYPES[dtype]} dims: [ ${dims.join(', ')} ]` +
    `${labels === undefined ? '' : ` label_filename: "${name}.labels.txt"`} }`;
  return [
    `name: "${model.name}"`,
    'platform: "onnxruntime_onnx"',
    `max_batch_size: ${model.maxBatchSize}`,
    `input [\n${model.inputs.map(tensor).join(',\n')}\n]`,
    `output [\n${model.outputs.map(tensor).join(',\n')}\n]`,
    '',
  ].join('\n');
}

function addSub(name: string, dtype: 'int32' | 'int8' | 'string'): FixtureModel {
  const dims = [16];
  const inputs = ['INPUT0', 'INPUT1'].map((input) => ({ name: input, dtype, dims }));
  const outputs = ['OUTPUT0', 'OUTPUT1'].map((output) => ({ name: output, dtype, dims }));
  const plain = dtype === 'int32';
  const inner = (value: string): string => (plain ? value : `${value}_int32`);
  const nodes: NodeSpec[] = [
    { op: 'Add', inputs: [inner('INPUT0'), inner('INPUT1')], outputs: [inner('OUTPUT0')] },
    { op: 'Sub', inputs: [inner('INPUT0'), inner('INPUT1')], outputs: [inner('OUTPUT1')] },
  ];
  if (!plain) {
    nodes.unshift(...inputs.map((input) => cast(input.name, inner(input.name), 'int32')));
    nodes.push(...outputs.map((output) => cast(inner(output.name), output.name, dtype)));
  }
  return { name, maxBatchSize: 8, inputs, outputs, bytes: rows(inputs, outputs, nodes) };
}

function cast(from: string, to: string, dtype: keyof typeof CAST): NodeSpec {
  return { op: 'Cast', inputs: [from], outputs: [to], attributes: { to: { int: CAST[dtype] } } };
}

function rows(
  inputs: readonly FixtureTensor[],
  outputs: readonly FixtureTensor[],
  nodes: readonly NodeSpec[],
): Uint8Array {
  const value = ({ name, dtype, dims }: FixtureTensor): TensorTypeSpec & { readonly name: string } => ({
    name,
    dtype,
    shape: ['batch', ...dims.map((size) => (size === -1 ? 'free' : size))],
  });
  return buildModel({ name: 'rows', inputs: inputs.map(value), outputs: outputs.map(value), nodes });
}

function identity(
  dtype: DType,
  input: string,
  output: string,
  dims: readonly number[],
): Pick<FixtureModel, 'inputs' | 'outputs' | 'bytes'> {
  const inputs = [{ name: input, dtype, dims }];
  const outputs = [{ name: output, dtype, dims }];
  return {
    inputs,
    outputs,
    bytes: rows(inputs, outputs, [{ op: 'Identity', inputs: [input], outputs: [output] }]),
  };
}
