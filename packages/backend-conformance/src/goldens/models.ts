import { makeTensor, type DType, type Tensor } from '@switchyard/core';
import { buildModel, identityModel, ifModel, loopModel, mlpModel } from '@switchyard/onnx/testing';
import type { GoldenModel } from './golden-model.ts';

/** A float32 tensor. */
export function floats(shape: readonly number[], values: Iterable<number>): Tensor {
  return makeTensor('float32', shape, values);
}

/** `y = x`, of any element type. */
export function identity(dtype: DType): GoldenModel {
  return { name: `identity-${dtype}`, bytes: () => identityModel(dtype) };
}

/** `difference = a - b`: a model in which the order of two inputs matters. */
export function difference(dtype: DType): GoldenModel {
  const value = (name: string) => ({ name, dtype, shape: ['n'] });
  return {
    name: `sub-${dtype}`,
    bytes: () =>
      buildModel({
        name: 'difference',
        inputs: [value('b'), value('a')],
        outputs: [value('difference')],
        nodes: [{ op: 'Sub', name: 'subtract', inputs: ['a', 'b'], outputs: ['difference'] }],
      }),
  };
}

/** `product = matmul(left, right)`, float32 matrices of any size. */
export const MATMUL: GoldenModel = {
  name: 'matmul',
  bytes: () =>
    buildModel({
      name: 'matmul',
      inputs: [
        { name: 'left', dtype: 'float32', shape: ['rows', 'inner'] },
        { name: 'right', dtype: 'float32', shape: ['inner', 'columns'] },
      ],
      outputs: [{ name: 'product', dtype: 'float32', shape: ['rows', 'columns'] }],
      nodes: [{ op: 'MatMul', name: 'multiply', inputs: ['left', 'right'], outputs: ['product'] }],
    }),
};

/** Softmax over the last dimension. */
export const SOFTMAX: GoldenModel = {
  name: 'softmax',
  bytes: () =>
    buildModel({
      name: 'softmax',
      inputs: [{ name: 'x', dtype: 'float32', shape: ['rows', 'columns'] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: ['rows', 'columns'] }],
      nodes: [
        { op: 'Softmax', name: 'share', inputs: ['x'], outputs: ['y'], attributes: { axis: { int: 1 } } },
      ],
    }),
};

/** A 3 by 3 convolution of one channel into two, with a bias, without padding. */
export const CONVOLUTION: GoldenModel = {
  name: 'convolution',
  bytes: () =>
    buildModel({
      name: 'convolution',
      inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 1, 'height', 'width'] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 2, 'rows', 'columns'] }],
      nodes: [{ op: 'Conv', name: 'convolve', inputs: ['x', 'kernel', 'bias'], outputs: ['y'] }],
      initializers: [
        { name: 'kernel', dtype: 'float32', shape: [2, 1, 3, 3], data: CONVOLUTION_KERNEL },
        { name: 'bias', dtype: 'float32', shape: [2], data: [0.5, -1] },
      ],
    }),
};

/** Weights of {@link CONVOLUTION}. */
export const CONVOLUTION_KERNEL: readonly number[] = [
  1, 0, -1, 2, 0, -2, 1, 0, -1, 0.25, 0.5, 0.25, 0.5, 1, 0.5, 0.25, 0.5, 0.25,
];

/** Two dense layers with a Relu between them; `x` is `[batch, 4]`, `y` is `[batch, 2]`. */
export const PERCEPTRON: GoldenModel = { name: 'perceptron', bytes: () => mlpModel() };

/** A perceptron that is large enough to be timed: `x` is `[batch, 64]`. */
export const LARGE_PERCEPTRON: GoldenModel = {
  name: 'large-perceptron',
  bytes: () => mlpModel([64, 256, 256, 16]),
};

/** `If`: `relu(x) + 1` or `-x`. */
export const CHOICE: GoldenModel = { name: 'if', bytes: () => ifModel() };

/** `Loop`: adds `step` to `start` `count` times. */
export const COUNTING: GoldenModel = { name: 'loop', bytes: () => loopModel() };

/** A model with an operator that no engine has. */
export const UNKNOWN_OPERATOR: GoldenModel = {
  name: 'unknown-operator',
  bytes: () =>
    buildModel({
      name: 'unknown',
      opset: { 'ai.onnx': 17, 'test.switchyard.conformance': 1 },
      inputs: [{ name: 'x', dtype: 'float32', shape: ['n'] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: ['n'] }],
      nodes: [
        {
          op: 'OperatorThatNoEngineHas',
          domain: 'test.switchyard.conformance',
          name: 'unknown',
          inputs: ['x'],
          outputs: ['y'],
        },
      ],
    }),
};

/** `Add`, then `Unique`, an operator that engines of accelerators lack. */
export const MIXED: GoldenModel = {
  name: 'mixed',
  bytes: () =>
    buildModel({
      name: 'mixed',
      inputs: [{ name: 'x', dtype: 'float32', shape: ['n'] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: ['m'] }],
      nodes: [
        { op: 'Add', name: 'double', inputs: ['x', 'x'], outputs: ['doubled'] },
        {
          op: 'Unique',
          name: 'unique',
          inputs: ['doubled'],
          outputs: ['y'],
          attributes: { sorted: { int: 1 } },
        },
      ],
    }),
};
