import type { elementTypeString } from 'openvino-node';
import { onnxBytes } from './onnx-bytes.ts';

/** A value as the double of openvino-node sees it. */
export interface DoublePort {
  readonly name: string;
  /** Other names of the same tensor. */
  readonly aliases?: readonly string[];
  readonly type: elementTypeString | 'f16' | 'boolean';
  /** -1 is a free dimension, a pair is bounds. */
  readonly dimensions: readonly (number | [number, number])[] | 'dynamic rank';
}

export interface DoubleValue {
  readonly shape: readonly number[];
  readonly data: readonly (number | bigint)[];
}

/** A model twice: as real ONNX bytes and as what the double computes for those bytes. */
export interface TestModel {
  readonly bytes: Uint8Array;
  readonly inputs: readonly DoublePort[];
  readonly outputs: readonly DoublePort[];
  /** Friendly names of operations, parameters and results included. */
  readonly operations: readonly string[];
  readonly compute: (inputs: readonly DoubleValue[]) => DoubleValue[];
}

function subtract(left: DoubleValue, right: DoubleValue): DoubleValue {
  const data = left.data.map((value, index) => {
    const other = right.data[index] ?? 0;
    return typeof value === 'bigint' ? value - BigInt(other) : value - Number(other);
  });
  return { shape: left.shape, data };
}

/** `difference = left - right`, float32 [2, 3]: not commutative, so that swapped inputs show. */
export const SUBTRACT: TestModel = {
  bytes: onnxBytes({
    nodes: [{ type: 'Sub', inputs: ['left', 'right'], outputs: ['difference'] }],
    inputs: [
      { name: 'left', type: 1, shape: [2, 3] },
      { name: 'right', type: 1, shape: [2, 3] },
    ],
    outputs: [{ name: 'difference', type: 1, shape: [2, 3] }],
  }),
  inputs: [
    { name: 'left', type: 'f32', dimensions: [2, 3] },
    { name: 'right', type: 'f32', dimensions: [2, 3] },
  ],
  outputs: [{ name: 'difference', type: 'f32', dimensions: [2, 3] }],
  operations: ['left', 'right', 'Sub-0', 'difference/sink'],
  compute: ([left, right]) => [subtract(left!, right!)],
};

/** `difference = left - right`, int64 [batch]: a free dimension and 64-bit integers. */
export const SUBTRACT_INT64: TestModel = {
  bytes: onnxBytes({
    nodes: [{ type: 'Sub', inputs: ['left', 'right'], outputs: ['difference'] }],
    inputs: [
      { name: 'left', type: 7, shape: ['batch'] },
      { name: 'right', type: 7, shape: ['batch'] },
    ],
    outputs: [{ name: 'difference', type: 7, shape: ['batch'] }],
  }),
  inputs: [
    { name: 'left', type: 'i64', dimensions: [-1] },
    { name: 'right', type: 'i64', dimensions: [[0, 2 ** 63]] },
  ],
  outputs: [{ name: 'difference', type: 'i64', dimensions: [-1] }],
  operations: ['left', 'right', 'Sub-0', 'difference/sink'],
  compute: ([left, right]) => [subtract(left!, right!)],
};

/** Two outputs: `sum = left + right` and `negative = -left`, float32 [2]. */
export const TWO_OUTPUTS: TestModel = {
  bytes: onnxBytes({
    nodes: [
      { type: 'Add', inputs: ['left', 'right'], outputs: ['sum'] },
      { type: 'Neg', inputs: ['left'], outputs: ['negative'] },
    ],
    inputs: [
      { name: 'left', type: 1, shape: [2] },
      { name: 'right', type: 1, shape: [2] },
    ],
    outputs: [
      { name: 'sum', type: 1, shape: [2] },
      { name: 'negative', type: 1, shape: [2] },
    ],
  }),
  inputs: [
    { name: 'left', aliases: ['left/other'], type: 'f32', dimensions: [2] },
    { name: 'right', type: 'f32', dimensions: [2] },
  ],
  outputs: [
    { name: 'sum', aliases: ['sum/other'], type: 'f32', dimensions: [2] },
    { name: 'negative', type: 'f32', dimensions: [2] },
  ],
  operations: ['left', 'right', 'Add-0', 'Neg-1', 'sum/sink', 'negative/sink'],
  compute: ([left, right]) => [
    { shape: [2], data: left!.data.map((value, index) => Number(value) + Number(right!.data[index])) },
    { shape: [2], data: left!.data.map((value) => -Number(value)) },
  ],
};

function passThrough(onnxType: number, type: DoublePort['type'], dimensions: DoublePort['dimensions'] = [2]): TestModel {
  return {
    bytes: onnxBytes({
      nodes: [{ type: 'Identity', inputs: ['value'], outputs: ['same'] }],
      inputs: [{ name: 'value', type: onnxType, shape: [2] }],
      outputs: [{ name: 'same', type: onnxType, shape: [2] }],
    }),
    inputs: [{ name: 'value', type, dimensions }],
    outputs: [{ name: 'same', type, dimensions }],
    operations: ['value', 'same/sink'],
    compute: ([value]) => [value!],
  };
}

/** Identity of float16 [2]: an element type that openvino-node cannot carry. */
export const FLOAT16: TestModel = passThrough(10, 'f16');

/** Identity of bool [2]: an element type that openvino-node cannot carry. */
export const BOOLEAN: TestModel = passThrough(9, 'boolean');

/** For the double only: a value without a fixed number of dimensions. */
export const DYNAMIC_RANK: TestModel = passThrough(11, 'f64', 'dynamic rank');

export const MODELS: readonly TestModel[] = [SUBTRACT, SUBTRACT_INT64, TWO_OUTPUTS, FLOAT16, BOOLEAN, DYNAMIC_RANK];
