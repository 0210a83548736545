import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildModel, type NodeSpec } from '@switchyard/onnx/testing';
import { simpleModel, type FixtureModel } from '../../__fixtures__/models.ts';

const INPUTS = ['INPUT0', 'INPUT1'] as const;
const value = (name: string): { name: string; dtype: 'int32'; shape: (string | number)[] } => ({
  name,
  dtype: 'int32',
  shape: ['batch', 16],
});

/** `simple`, with a number added to the sum, so that answers tell which file they come from. */
export function generationModel(generation: number): Uint8Array {
  return buildModel({
    name: 'generation',
    inputs: INPUTS.map(value),
    outputs: ['OUTPUT0', 'OUTPUT1'].map(value),
    nodes: [
      { op: 'Add', inputs: [...INPUTS], outputs: ['sum'] },
      { op: 'Add', inputs: ['sum', 'generation'], outputs: ['OUTPUT0'] },
      { op: 'Sub', inputs: [...INPUTS], outputs: ['OUTPUT1'] },
    ],
    initializers: [{ name: 'generation', dtype: 'int32', shape: [1], data: [generation] }],
  });
}

/** `simple`, after a loop of so many turns whose result is multiplied by 0. */
export function busyModel(turns: number): FixtureModel {
  const number = { dtype: 'float32', shape: [] } as const;
  const nodes: NodeSpec[] = [
    { op: 'Cast', inputs: ['INPUT0'], outputs: ['floats'], attributes: { to: { int: 1 } } },
    { op: 'ReduceMax', inputs: ['floats'], outputs: ['start'], attributes: { keepdims: { int: 0 } } },
    {
      op: 'Loop',
      inputs: ['turns', '', 'start'],
      outputs: ['end'],
      attributes: {
        body: {
          graph: {
            name: 'turn',
            inputs: [
              { name: 'index', dtype: 'int64', shape: [] },
              { name: 'go_on', dtype: 'bool', shape: [] },
              { name: 'before', ...number },
            ],
            outputs: [
              { name: 'still', dtype: 'bool', shape: [] },
              { name: 'after', ...number },
            ],
            nodes: [
              { op: 'Identity', inputs: ['go_on'], outputs: ['still'] },
              { op: 'Add', inputs: ['before', 'step'], outputs: ['after'] },
            ],
          },
        },
      },
    },
    { op: 'Mul', inputs: ['end', 'nothing'], outputs: ['zero'] },
    { op: 'Cast', inputs: ['zero'], outputs: ['zero_int'], attributes: { to: { int: 6 } } },
    { op: 'Add', inputs: [...INPUTS], outputs: ['sum'] },
    { op: 'Add', inputs: ['sum', 'zero_int'], outputs: ['OUTPUT0'] },
    { op: 'Sub', inputs: [...INPUTS], outputs: ['OUTPUT1'] },
  ];
  const bytes = buildModel({
    name: 'busy',
    inputs: INPUTS.map(value),
    outputs: ['OUTPUT0', 'OUTPUT1'].map(value),
    nodes,
    initializers: [
      { name: 'turns', dtype: 'int64', shape: [], data: [BigInt(turns)] },
      { name: 'step', ...number, data: [0.5] },
      { name: 'nothing', ...number, data: [0] },
    ],
  });
  return { ...simpleModel(), name: 'busy', bytes };
}

/** A line of a configuration with a parameter of Switchyard. */
export function parameter(key: string, text: string): string {
  return `parameters { key: "${key}" value { string_value: "${text}" } }\n`;
}

/** Adds text to the configuration of a model of a repository. */
export async function configure(folder: string, model: string, text: string): Promise<void> {
  await writeFile(join(folder, model, 'config.pbtxt'), text, { flag: 'a' });
}
