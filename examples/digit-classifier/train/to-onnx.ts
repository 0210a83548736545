import { buildModel, type AttributeSpec, type NodeSpec } from '@switchyard/onnx/testing';
import type { Network } from './network.ts';
import { SIDE } from './picture.ts';

/**
 * The trained network as an ONNX model of opset 17: `image` float32 `[batch, 1, 28, 28]`, 0 is black and 1 is white,
 * to `probabilities` float32 `[batch, 10]`. The graph turns dark ink into high numbers by itself.
 */
export function toOnnx(network: Network, metadata: Readonly<Record<string, string>>): Uint8Array {
  return buildModel({
    name: 'digit-classifier',
    opset: 17,
    producer: { name: 'switchyard-example-digit-classifier' },
    metadata,
    inputs: [{ name: 'image', dtype: 'float32', shape: ['batch', 1, SIDE, SIDE] }],
    outputs: [{ name: 'probabilities', dtype: 'float32', shape: ['batch', 10] }],
    nodes: [
      { op: 'Sub', name: 'invert', inputs: ['white', 'image'], outputs: ['ink'] },
      ...stage(1, 'ink'),
      ...stage(2, 'pooled1'),
      ...stage(3, 'pooled2'),
      { op: 'Flatten', name: 'flatten', inputs: ['pooled3'], outputs: ['flat'] },
      dense(1, 'flat', 'dense1'),
      { op: 'Relu', name: 'dense1_relu', inputs: ['dense1'], outputs: ['hidden'] },
      dense(2, 'hidden', 'scores'),
      {
        op: 'Softmax',
        name: 'softmax',
        inputs: ['scores'],
        outputs: ['probabilities'],
        attributes: { axis: { int: 1 } },
      },
    ],
    initializers: [
      { name: 'white', dtype: 'float32', shape: [], data: [1] },
      ...network.parameters.map(({ name, shape, values }) => ({
        name,
        dtype: 'float32' as const,
        shape,
        data: Float32Array.from(values),
      })),
    ],
  });
}

function stage(number: number, input: string): readonly NodeSpec[] {
  const name = `conv${number}`;
  return [
    {
      op: 'Conv',
      name,
      inputs: [input, `${name}_weight`, `${name}_bias`],
      outputs: [name],
      attributes: { kernel_shape: ints(3, 3), pads: ints(1, 1, 1, 1), strides: ints(1, 1) },
    },
    { op: 'Relu', name: `${name}_relu`, inputs: [name], outputs: [`open${number}`] },
    {
      op: 'MaxPool',
      name: `${name}_pool`,
      inputs: [`open${number}`],
      outputs: [`pooled${number}`],
      attributes: { kernel_shape: ints(2, 2), strides: ints(2, 2) },
    },
  ];
}

function ints(...values: number[]): AttributeSpec {
  return { ints: values };
}

function dense(number: number, input: string, output: string): NodeSpec {
  const name = `dense${number}`;
  return {
    op: 'Gemm',
    name,
    inputs: [input, `${name}_weight`, `${name}_bias`],
    outputs: [output],
  };
}
