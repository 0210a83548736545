import { readFile } from 'node:fs/promises';
import { ModelError, type ModelSourceV1, type NumericTensor, type ValueInfo } from '@switchyard/core';
import { inspectModelBytes } from '@switchyard/onnx';

const OPERATORS: Readonly<Record<string, (value: number) => number>> = {
  Identity: (value) => value,
  Neg: (value) => -value,
  Abs: Math.abs,
  Relu: (value) => Math.max(0, value),
};

/** A model of one node, open in an engine that is a few lines of JavaScript. */
export interface AcmeModel {
  readonly input: ValueInfo;
  readonly output: ValueInfo;
  run(feed: NumericTensor): NumericTensor;
}

/**
 * Opens a model of one elementwise operator of float32.
 *
 * @throws ModelError `model-unsupported` for any other
 */
export async function openAcmeModel(source: ModelSourceV1): Promise<AcmeModel> {
  const name = 'path' in source ? source.path : source.name;
  const summary = inspectModelBytes('path' in source ? await readFile(source.path) : source.bytes, name);
  const operators = Object.keys(summary.operators);
  const compute =
    Object.values(summary.operators).reduce((sum, count) => sum + count, 0) === 1
      ? OPERATORS[operators[0] ?? '']
      : undefined;
  const [input] = summary.inputs;
  const [output] = summary.outputs;
  if (compute === undefined || input?.dtype !== 'float32' || output?.dtype !== 'float32') {
    const message = `Acme runs one node of ${Object.keys(OPERATORS).join(', ')} on float32, and \`${name}\` has ${operators.join(', ')}.`;
    throw new ModelError('model-unsupported', message, { model: name, remedy: 'Run it on `cpu`.' });
  }
  return {
    input: { name: input.name, dtype: 'float32', shape: input.shape ?? [] },
    output: { name: output.name, dtype: 'float32', shape: output.shape ?? [] },
    run({ bytes, shape }) {
      const values = new Float32Array(bytes.slice().buffer).map((value) => compute(value));
      return { dtype: 'float32', shape, bytes: new Uint8Array(values.buffer) };
    },
  };
}
