import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from './__fixtures__/temporary-folder.ts';
import { inspectModel, inspectModelBytes } from './index.ts';
import { addModel, buildModel, identityModel, ifModel, loopModel, mlpModel } from './testing/index.ts';
import type { GraphSpec, NodeSpec } from './testing/index.ts';

const scalar = { dtype: 'float32', shape: [] } as const;

test('the head of a model', () => {
  const summary = inspectModelBytes(
    buildModel({
      name: 'named',
      irVersion: 8,
      opset: { 'ai.onnx': 18, 'ai.onnx.ml': 3 },
      producer: { name: 'maker', version: '1.2' },
      domain: 'org.example',
      modelVersion: 7,
      metadata: { author: 'Ada', __proto__x: 'y', größe: 'groß' },
      outputs: [],
      nodes: [],
    }),
    'named.onnx',
  );
  expect(summary).toMatchObject({
    path: 'named.onnx',
    irVersion: 8,
    producer: { name: 'maker', version: '1.2' },
    domain: 'org.example',
    modelVersion: 7,
    metadata: { author: 'Ada', __proto__x: 'y', größe: 'groß' },
    truncatedMetadata: [],
    opsets: { 'ai.onnx': 18, 'ai.onnx.ml': 3 },
    graphName: 'named',
  });
  expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
});

test('a negative and a very large number', () => {
  for (const modelVersion of [-1, 2 ** 49 - 1, 2 ** 49, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
    const bytes = buildModel({ modelVersion, outputs: [], nodes: [] });
    expect(inspectModelBytes(bytes).modelVersion).toBe(modelVersion);
  }
});

test('a metadata value beyond 1 MiB is cut, and said to be', async () => {
  const path = join(await temporaryFolder(), 'wordy.onnx');
  const bytes = buildModel({ metadata: { long: 'x'.repeat(3_000_000), short: 'y' }, outputs: [], nodes: [] });
  await writeFile(path, bytes);
  const summary = await inspectModel(path);
  expect(summary.metadata['long']).toHaveLength(1024 * 1024);
  expect(summary.metadata['short']).toBe('y');
  expect(summary.truncatedMetadata).toEqual(['long']);
});

describe('inputs and outputs', () => {
  test('numbers, names and unknowns in a shape, no shape at all, and -1', () => {
    const { inputs } = inspectModelBytes(
      buildModel({
        inputs: [
          { name: 'mixed', dtype: 'float16', shape: ['batch', 3, null, 0, -1] },
          { name: 'scalar', dtype: 'bool', shape: [] },
          { name: 'any', dtype: 'string' },
        ],
        outputs: [],
        nodes: [],
      }),
    );
    expect(inputs).toEqual([
      {
        name: 'mixed',
        kind: 'tensor',
        type: 'tensor(float16)',
        dtype: 'float16',
        shape: ['batch', 3, null, 0, null],
      },
      { name: 'scalar', kind: 'tensor', type: 'tensor(bool)', dtype: 'bool', shape: [] },
      { name: 'any', kind: 'tensor', type: 'tensor(string)', dtype: 'string', shape: null },
    ]);
  });

  test('values that are no tensors are called what they are', () => {
    const float = { dtype: 'float32', shape: [2] } as const;
    const { inputs, dtypes } = inspectModelBytes(
      buildModel({
        inputs: [
          { name: 'sequence', sequence: float },
          { name: 'optional', optional: { sequence: { dtype: 'int64' } } },
          { name: 'map', map: { key: 'string', value: float } },
        ],
        outputs: [],
        nodes: [],
      }),
    );
    expect(inputs.map(({ kind, type, dtype, shape }) => ({ kind, type, dtype, shape }))).toEqual([
      { kind: 'sequence', type: 'sequence(tensor(float32))', dtype: null, shape: null },
      { kind: 'optional', type: 'optional(sequence(tensor(int64)))', dtype: null, shape: null },
      { kind: 'map', type: 'map(string, tensor(float32))', dtype: null, shape: null },
    ]);
    expect(dtypes).toEqual(['float32', 'int64']);
  });

  test('an input that is an initializer need not be fed', () => {
    const summary = inspectModelBytes(
      buildModel({
        inputs: ['x', 'w', 's'].map((name) => ({ name, dtype: 'float32', shape: [2] })),
        outputs: [{ name: 'y', dtype: 'float32', shape: [2] }],
        nodes: [{ op: 'Sum', inputs: ['x', 'w', 's'], outputs: ['y'] }],
        initializers: [{ name: 'w', dtype: 'float32', shape: [2], data: [1, 2] }],
        sparseInitializers: [{ name: 's', dtype: 'float32', shape: [2], indices: [1], values: [5] }],
      }),
    );
    expect(summary.inputs.map((input) => input.name)).toEqual(['x']);
  });
});

const branch = (graph: GraphSpec): NodeSpec => ({
  op: 'If',
  inputs: ['c'],
  outputs: ['o'],
  attributes: { then_branch: { graph } },
});

describe('operators and subgraphs', () => {
  test('the branches of an If', () => {
    expect(inspectModelBytes(ifModel())).toMatchObject({
      nodeCount: 1,
      nodeCountWithSubgraphs: 4,
      operators: { If: 1 },
      operatorsWithSubgraphs: { If: 1, Relu: 1, Add: 1, Neg: 1 },
      subgraphs: [
        { node: 'choose', op: 'If', attribute: 'then_branch', graphName: 'positive', nodes: 2, depth: 1 },
        { node: 'choose', op: 'If', attribute: 'else_branch', graphName: 'negative', nodes: 1, depth: 1 },
      ],
      parameterCount: 0,
      subgraphInitializers: { tensors: 1, elements: 1, bytes: 4 },
    });
    expect(inspectModelBytes(loopModel())).toMatchObject({
      subgraphs: [{ node: 'repeat', op: 'Loop', attribute: 'body', nodes: 2, depth: 1 }],
      operatorsWithSubgraphs: { Loop: 1, Identity: 1, Add: 1 },
    });
    // A body has inputs of its own; they are nobody's to feed.
    expect(inspectModelBytes(loopModel()).inputs.map(({ name }) => name)).toEqual(['count', 'start', 'step']);
  });

  test('graphs in graphs, in functions, and owners without a name', () => {
    const leaf: GraphSpec = {
      name: 'leaf',
      outputs: [{ name: 'o', ...scalar }],
      nodes: [{ op: 'Neg', outputs: ['o'] }],
    };
    const summary = inspectModelBytes(
      buildModel({
        outputs: [],
        nodes: [
          { op: 'Relu', outputs: ['r'] },
          branch({ name: 'middle', outputs: [{ name: 'o', ...scalar }], nodes: [branch(leaf)] }),
          { op: 'Many', domain: 'com.example', outputs: [], attributes: { all: { graphs: [leaf, leaf] } } },
          { op: 'Relu', domain: 'ai.onnx', outputs: ['r2'] },
        ],
        functions: [{ domain: 'my.fn', name: 'F', inputs: [], outputs: ['o'], nodes: [branch(leaf)] }],
      }),
    );
    expect(summary.subgraphs).toEqual([
      {
        node: 'If#1',
        op: 'If',
        attribute: 'then_branch',
        graphName: 'middle',
        nodes: 1,
        depth: 1,
        function: null,
      },
      {
        node: 'If#0',
        op: 'If',
        attribute: 'then_branch',
        graphName: 'leaf',
        nodes: 1,
        depth: 2,
        function: null,
      },
      ...Array.from({ length: 2 }, () => ({
        node: 'com.example.Many#2',
        op: 'com.example.Many',
        attribute: 'all',
        graphName: 'leaf',
        nodes: 1,
        depth: 1,
        function: null,
      })),
      {
        node: 'If#0',
        op: 'If',
        attribute: 'then_branch',
        graphName: 'leaf',
        nodes: 1,
        depth: 1,
        function: 'my.fn.F',
      },
    ]);
    expect(summary.functions).toEqual([{ domain: 'my.fn', name: 'F', nodes: 1 }]);
    expect(summary.operators).toEqual({ Relu: 2, 'com.example.Many': 1, If: 1 });
    expect(Object.keys(summary.operators)[0]).toBe('Relu');
    expect(summary.operatorsWithSubgraphs).toEqual({ Neg: 4, If: 3, Relu: 2, 'com.example.Many': 1 });
    expect(summary).toMatchObject({ nodeCount: 4, nodeCountWithSubgraphs: 10 });
  });
});

describe('parameters', () => {
  test('a perceptron', () => {
    expect(inspectModelBytes(mlpModel([4, 8, 2]))).toMatchObject({
      parameterCount: 4 * 8 + 8 + 8 * 2 + 2,
      parameterBytes: 58 * 4,
      initializers: { tensors: 4 },
      operators: { Gemm: 2, Relu: 1 },
    });
  });

  test('widths, packed four-bit elements, strings, sparse tensors and constants', () => {
    const summary = inspectModelBytes(
      buildModel({
        outputs: [],
        nodes: [
          {
            op: 'Constant',
            outputs: ['k'],
            attributes: { value: { tensor: { dtype: 'int64', shape: [3], data: [1, 2, 3] } } },
          },
          // A tensor in another operator's attribute is no constant of the model.
          {
            op: 'ConstantOfShape',
            inputs: ['k'],
            outputs: ['z'],
            attributes: { value: { tensor: { dtype: 'float32', shape: [1], data: [0] } } },
          },
        ],
        initializers: [
          { name: 'half', dtype: 'float16', shape: [2, 3], data: Array<number>(6).fill(1) },
          { name: 'nibbles', dtype: 'uint4', shape: [3], data: [1, 2, 3] },
          { name: 'text', dtype: 'string', shape: [2], data: ['ab', 'ß'] },
          { name: 'none', dtype: 'float64', shape: [0, 5], data: [] },
        ],
        sparseInitializers: [{ name: 's', dtype: 'float32', shape: [100], indices: [7, 9], values: [1, 2] }],
      }),
    );
    expect(summary.initializers).toEqual({
      tensors: 5,
      elements: 6 + 3 + 2 + 0 + 2,
      bytes: 12 + 2 + 4 + 0 + 24,
    });
    expect(summary.constants).toEqual({ tensors: 1, elements: 3, bytes: 24 });
    expect(summary.dtypes).toEqual(['float16', 'float32', 'float64', 'int64', 'string', 'uint4']);
  });
});

test('sample models have the names and dtypes that were asked for', () => {
  expect(inspectModelBytes(identityModel('uint8', [1, 'w', null])).inputs).toMatchObject([
    { name: 'x', dtype: 'uint8', shape: [1, 'w', null] },
  ]);
  const { inputs, outputs } = inspectModelBytes(addModel('int32', [2]));
  expect([...inputs, ...outputs].map(({ name, dtype }) => `${name} ${dtype}`)).toEqual([
    'a int32',
    'b int32',
    'sum int32',
  ]);
});

test('text is decoded across window borders and messages may come in any order', async () => {
  // Names fill several windows of 64 KiB, so that some lie across a border.
  const names = Array.from({ length: 3000 }, (_, index) => `${'ä'.repeat(index % 40)}_${index}`);
  const bytes = buildModel({
    inputs: names.map((name) => ({ name, dtype: 'float32', shape: [name] })),
    outputs: [],
    nodes: [],
  });
  const path = join(await temporaryFolder(), 'wide.onnx');
  await writeFile(path, bytes);
  expect(bytes.length).toBeGreaterThan(4 * 64 * 1024);
  const summary = await inspectModel(path);
  expect(summary.inputs.map((input) => input.name)).toEqual(names);
  expect(summary.inputs.map((input) => input.shape)).toEqual(names.map((name) => [name]));
});
