import { makeTensor } from '@switchyard/core';
import { buildModel } from '@switchyard/onnx/testing';
import { expect, it } from 'vitest';
import { TINY_INPUT, TINY_MODEL, TINY_OUTPUT, tinyFeeds, tinyResultProblem } from './tiny-model.ts';

const WEIGHTS = [1, 0.5, 0.5, -1, 0.5, 0, 1, -0.5];

it('is the model that the builder makes, with its result worked out apart', () => {
  const model = buildModel({
    name: 'probe',
    inputs: [{ name: 'x', dtype: 'float32', shape: [2, 4] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [2, 2] }],
    nodes: [
      { op: 'Gemm', name: 'gemm', inputs: ['x', 'w', 'b'], outputs: ['z'] },
      { op: 'Relu', name: 'relu', inputs: ['z'], outputs: ['y'] },
    ],
    initializers: [
      { name: 'w', dtype: 'float32', shape: [4, 2], data: WEIGHTS },
      { name: 'b', dtype: 'float32', shape: [2], data: [1, 1] },
    ],
  });
  expect(Buffer.from(model).toString('base64')).toBe(TINY_MODEL);
  const expected = [0, 1].flatMap((row) =>
    [0, 1].map((column) => {
      const products = [0, 1, 2, 3].map(
        (index) => TINY_INPUT[row * 4 + index]! * WEIGHTS[index * 2 + column]!,
      );
      return Math.max(0, 1 + products.reduce((sum, product) => sum + product, 0));
    }),
  );
  expect(TINY_OUTPUT).toEqual(expected);
  expect(tinyFeeds()['x']?.shape).toEqual([2, 4]);
});

it('takes the right result and no other', () => {
  expect(tinyResultProblem(makeTensor('float32', [2, 2], TINY_OUTPUT))).toBeNull();
  expect(tinyResultProblem(makeTensor('float32', [2, 2], [8.504, 0, 2.25, 0]))).toBeNull();
  expect(tinyResultProblem(makeTensor('float32', [2, 2], [8.52, 0, 2.25, 0]))).toContain('instead of');
  expect(tinyResultProblem(makeTensor('float32', [2, 2], [8.5, 0, 2.25, Number.NaN]))).toContain('NaN');
  expect(tinyResultProblem(makeTensor('float32', [4], TINY_OUTPUT))).toContain('shape');
  expect(tinyResultProblem(makeTensor('float64', [2, 2], TINY_OUTPUT))).toContain('float64');
  expect(tinyResultProblem(undefined)).toContain('missing');
});
