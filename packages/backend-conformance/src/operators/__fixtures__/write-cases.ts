import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildModel, buildTensor, type ModelSpec } from '@switchyard/onnx/testing';

const value = (name: string) => ({ name, dtype: 'float32', shape: [2] }) as const;
const tensor = (name: string, data: readonly number[]) =>
  buildTensor({ name, dtype: 'float32', shape: [2], data });

function writeCase(root: string, name: string, model: ModelSpec, expected: readonly number[] | null): void {
  const folder = join(root, 'node', name);
  const set = join(folder, 'test_data_set_0');
  mkdirSync(set, { recursive: true });
  writeFileSync(join(folder, 'model.onnx'), buildModel(model));
  writeFileSync(join(set, 'input_0.pb'), tensor('x', [1, -2]));
  if (expected !== null) writeFileSync(join(set, 'output_0.pb'), tensor('y', expected));
}

const oneNode = (op: string): ModelSpec => ({
  inputs: [value('x')],
  outputs: [value('y')],
  nodes: [{ op, inputs: ['x'], outputs: ['y'] }],
});

/** One case for every way in which a case can end, in the layout of the ONNX project. */
export function writeCases(root: string): void {
  writeCase(root, 'test_abs', oneNode('Abs'), [1, 2]);
  writeCase(root, 'test_crash', oneNode('Neg'), [-1, 2]);
  writeCase(root, 'test_frobnicate', oneNode('Frobnicate'), [0, 0]);
  const outside: ModelSpec = {
    ...oneNode('Identity'),
    nodes: [{ op: 'Gather', inputs: ['x', 'at'], outputs: ['y'] }],
    initializers: [{ name: 'at', dtype: 'int64', shape: [2], data: [7n, 8n] }],
  };
  writeCase(root, 'test_gather_outside', outside, [0, 0]);
  writeCase(root, 'test_relu', oneNode('Relu'), [1, 0.01]);
  const written: ModelSpec = {
    ...oneNode('Max'),
    nodes: [{ op: 'Max', inputs: ['x', 'zero'], outputs: ['y'] }],
    initializers: [{ name: 'zero', dtype: 'float32', shape: [], data: [0] }],
  };
  writeCase(root, 'test_relu_expanded', written, [1.0005, 0]);
  const sequence: ModelSpec = {
    ...oneNode('SequenceConstruct'),
    outputs: [{ name: 'y', sequence: { dtype: 'float32' } }],
  };
  writeCase(root, 'test_sequence', sequence, null);
}
