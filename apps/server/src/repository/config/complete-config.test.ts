import { inspectModelBytes, type Dim } from '@switchyard/onnx';
import { addModel, buildModel, identityModel, mlpModel } from '@switchyard/onnx/testing';
import { describe, expect, it } from 'vitest';
import { completeConfig } from './complete-config.ts';
import type { CompleteConfig, ModelConfig } from './model-config.ts';

const complete = (config: ModelConfig, model: Uint8Array, name = 'm'): CompleteConfig =>
  completeConfig(config, inspectModelBytes(model), name, 64);

const twoShapes = (input: readonly Dim[], output: readonly Dim[]): Uint8Array =>
  buildModel({
    inputs: [{ name: 'x', dtype: 'float32', shape: input }],
    outputs: [{ name: 'y', dtype: 'float32', shape: output }],
    nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
  });

describe('what nobody said comes from the graph', () => {
  it.each([
    ['rows of one name', ['batch', 3], ['batch', 2], 64],
    ['rows without a name', [null, 3], [null], 64],
    ['a fixed batch', [1, 3], [1, 2], 0],
    ['two names', ['n', 3], ['k', 2], 0],
    ['an output without rows', ['n', 3], [1, 2], 0],
    ['a length of a sequence', ['sequence_length', 3], ['sequence_length', 3], 0],
    ['a vector, whose elements are no rows', ['n'], ['n'], 0],
    ['a scalar', [], [], 0],
  ] as const)('%s', (_, input, output, expected) => {
    const config = complete({}, twoShapes(input, output));
    expect(config.max_batch_size).toBe(expected);
    expect(config.dynamic_batching).toEqual(expected > 1 ? {} : undefined);
  });

  it('fills in names, types and dims, and leaves what was written', () => {
    const config = complete(
      {
        input: [{ name: 'x', dims: [4], format: 'FORMAT_NHWC' }],
        output: [{ name: 'y', label_filename: 'l' }],
      },
      mlpModel(),
    );
    expect(config.input).toEqual([{ name: 'x', data_type: 'TYPE_FP32', dims: [4], format: 'FORMAT_NHWC' }]);
    expect(config.output).toEqual([{ name: 'y', data_type: 'TYPE_FP32', dims: [2], label_filename: 'l' }]);
  });

  it('counts dims that hold the batch as a model without one', () => {
    expect(complete({ input: [{ name: 'x', dims: [-1, 4] }] }, mlpModel()).max_batch_size).toBe(0);
  });

  it('takes a 0 that was written as it stands', () => {
    expect(complete({ max_batch_size: 0 }, mlpModel()).input[0]!.dims).toEqual([-1, 4]);
  });

  it('serves the outputs that are named, in their order, and all inputs', () => {
    const float = { dtype: 'float32', shape: ['n', 2] } as const;
    const three = buildModel({
      inputs: [
        { name: 'a', ...float },
        { name: 'b', ...float },
      ],
      outputs: [
        { name: 'p', ...float },
        { name: 'q', ...float },
        { name: 's', sequence: { dtype: 'float32' } },
      ],
      nodes: [
        { op: 'Add', inputs: ['a', 'b'], outputs: ['p'] },
        { op: 'Sub', inputs: ['a', 'b'], outputs: ['q'] },
        { op: 'SequenceConstruct', inputs: ['a'], outputs: ['s'] },
      ],
    });
    const config = complete({ input: [{ name: 'b' }], output: [{ name: 'q' }] }, three);
    expect(config.input.map(({ name }) => name)).toEqual(['b', 'a']);
    expect(config.output.map(({ name }) => name)).toEqual(['q']);
    expect(config.max_batch_size).toBe(64);
    expect(() => complete({}, three)).toThrow('or name the other outputs in config.pbtxt');
  });

  it('lets dims be narrower than the graph', () => {
    expect(
      complete({ max_batch_size: 0, input: [{ name: 'x', dims: [2, 4] }] }, mlpModel()).input[0]!.dims,
    ).toEqual([2, 4]);
  });
});

describe('what contradicts the graph is refused with both', () => {
  it.each([
    [{ name: 'other' }, mlpModel(), "unexpected directory name 'm' for model 'other'"],
    [
      { input: [{ name: 'z' }] },
      mlpModel(),
      "unexpected inference input 'z' in `input[0]`, allowed inputs are: x",
    ],
    [{ input: [{ name: 'x' }, { name: 'x' }] }, mlpModel(), "input 'x' is written twice"],
    [
      { input: [{ name: 'x', data_type: 'TYPE_INT32' }] },
      mlpModel(),
      "input 'x' is configured as TYPE_INT32, but the model has TYPE_FP32",
    ],
    [
      { output: [{ name: 'y', dims: [3] }] },
      mlpModel(),
      "output 'y' is configured with dims [3], but the model has [2] behind the batch dimension",
    ],
    [
      { max_batch_size: 0, output: [{ name: 'y', dims: [-1, -1] }] },
      mlpModel(),
      'dims [-1,-1], but the model has [-1,2]',
    ],
    [
      { max_batch_size: 8 },
      addModel('float32', [1, 3]),
      'but shape expected by the model is [1,3]; set `max_batch_size` to 0',
    ],
    [{ max_batch_size: 8 }, identityModel('float32', []), 'should have at least 1 dimension'],
    [{ max_batch_size: -1 }, mlpModel(), '`max_batch_size` is -1'],
    [{}, identityModel('float8e4m3fn', ['n']), 'the protocol has no datatype for it'],
  ] as const)('%j', (config, model, expected) => {
    expect(() => complete(config as ModelConfig, model)).toThrow(expected);
  });

  it('refuses what is no tensor, and an input of unknown rank that nobody wrote', () => {
    const sequence = buildModel({
      inputs: [{ name: 'x', dtype: 'float32', shape: [1] }],
      outputs: [{ name: 'y', sequence: { dtype: 'float32' } }],
      nodes: [{ op: 'SequenceConstruct', inputs: ['x'], outputs: ['y'] }],
    });
    expect(() => complete({}, sequence)).toThrow('`y` is sequence(tensor(float32)), which is no tensor');
    const unknown = buildModel({
      inputs: [{ name: 'x', dtype: 'float32', shape: [1] }],
      outputs: [{ name: 'y', dtype: 'float32' }],
      nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
    });
    expect(complete({}, unknown).output[0]!.dims).toEqual([-1]);
    expect(complete({ output: [{ name: 'y', dims: [1] }] }, unknown).output[0]!.dims).toEqual([1]);
    const input = buildModel({
      inputs: [{ name: 'x', dtype: 'float32' }],
      outputs: [{ name: 'y', dtype: 'float32', shape: [1] }],
      nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
    });
    expect(() => complete({}, input)).toThrow('write its `dims` in config.pbtxt');
  });
});
