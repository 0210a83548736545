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
  /** File beside the model that holds its weights. */
  readonly dataFile?: string;
}

/** An OpenVINO IR model: its two files, and what the double makes of them. */
export interface TestIr {
  readonly xml: string;
  readonly weights: Uint8Array;
  readonly read: (weights: Uint8Array) => TestModel;
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


/** `difference = value - w`, float32 [2], with `w` = [1, 2] in a file of its own. */
export const EXTERNAL_DATA: TestModel & { readonly data: Uint8Array; readonly dataFile: string } = {
  bytes: onnxBytes({
    nodes: [{ type: 'Sub', inputs: ['value', 'w'], outputs: ['difference'] }],
    inputs: [{ name: 'value', type: 1, shape: [2] }],
    outputs: [{ name: 'difference', type: 1, shape: [2] }],
    external: [{ name: 'w', type: 1, shape: [2], location: 'weights.data', length: 8 }],
  }),
  inputs: [{ name: 'value', type: 'f32', dimensions: [2] }],
  outputs: [{ name: 'difference', type: 'f32', dimensions: [2] }],
  operations: ['value', 'w', 'Sub-0', 'difference/sink'],
  compute: ([value]) => [subtract(value!, { shape: [2], data: [1, 2] })],
  data: new Uint8Array(Float32Array.from([1, 2]).buffer),
  dataFile: 'weights.data',
};

function irPort(id: number, name?: string): string {
  const names = name === undefined ? '' : ` names="${name}"`;
  return `<port id="${id}" precision="FP32"${names}><dim>2</dim></port>`;
}

/** `difference = value - w`, float32 [2], as OpenVINO IR; `w` is the whole of the `.bin` file. */
export const IR: TestIr = {
  xml: [
    '<?xml version="1.0"?>',
    '<net name="graph" version="11"><layers>',
    `<layer id="0" name="value" type="Parameter" version="opset1"><data shape="2" element_type="f32"/><output>${irPort(0, 'value')}</output></layer>`,
    `<layer id="1" name="w" type="Const" version="opset1"><data element_type="f32" shape="2" offset="0" size="8"/><output>${irPort(0)}</output></layer>`,
    `<layer id="2" name="Sub-0" type="Subtract" version="opset1"><data auto_broadcast="numpy"/><input>${irPort(0)}${irPort(1)}</input><output>${irPort(2, 'difference')}</output></layer>`,
    `<layer id="3" name="difference/sink" type="Result" version="opset1"><input>${irPort(0)}</input></layer>`,
    '</layers><edges>',
    '<edge from-layer="0" from-port="0" to-layer="2" to-port="0"/>',
    '<edge from-layer="1" from-port="0" to-layer="2" to-port="1"/>',
    '<edge from-layer="2" from-port="2" to-layer="3" to-port="0"/>',
    '</edges></net>',
  ].join('\n'),
  weights: new Uint8Array(Float32Array.from([1, 2]).buffer),
  read: (weights) => ({
    ...EXTERNAL_DATA,
    bytes: weights,
    compute: ([value]) => [
      subtract(value!, { shape: [2], data: [...new Float32Array(Uint8Array.from(weights).buffer)] }),
    ],
  }),
};

export const IR_MODELS: readonly TestIr[] = [IR];

export const MODELS: readonly TestModel[] = [
  SUBTRACT,
  SUBTRACT_INT64,
  TWO_OUTPUTS,
  FLOAT16,
  BOOLEAN,
  DYNAMIC_RANK,
  EXTERNAL_DATA,
];
