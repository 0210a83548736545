import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { decodeFully } from './__fixtures__/decode-fully.ts';
import { inspectModel } from './inspect-model.ts';
import { inspectModelBytes } from './inspect-model-bytes.ts';

// The models lie beside the repository and are never copied into it.
const folder = new URL('../../../../shared/models/', import.meta.url);
const absent = !existsSync(folder);
const reason = absent ? ' (skipped: ../shared/models is absent)' : '';
const locate = (file: string): string => fileURLToPath(new URL(file, folder));

const CNN = { nodesInSubgraphs: 0, subgraphs: 0 };
const VAD_INPUTS = ['input', 'state', 'sr'];

const expected = {
  'light/light_resnet50.onnx': { opset: 9, nodes: 415, parameters: 2194, inputs: ['gpu_0/data_0'], ...CNN },
  'light/light_squeezenet.onnx': { opset: 9, nodes: 105, parameters: 757, inputs: ['data_0'], ...CNN },
  'light/light_shufflenet.onnx': { opset: 9, nodes: 446, parameters: 657, inputs: ['gpu_0/data_0'], ...CNN },
  'light/light_densenet121.onnx': { opset: 9, nodes: 1746, parameters: 1967, inputs: ['data_0'], ...CNN },
  'light/light_inception_v1.onnx': { opset: 9, nodes: 237, parameters: 1343, inputs: ['data_0'], ...CNN },
  'silero-vad/silero_vad.onnx': {
    opset: 16,
    nodes: 5,
    parameters: 0,
    inputs: VAD_INPUTS,
    nodesInSubgraphs: 684,
    subgraphs: 50,
  },
  'silero-vad/silero_vad_16k_op15.onnx': {
    opset: 15,
    nodes: 121,
    parameters: 309633,
    inputs: VAD_INPUTS,
    nodesInSubgraphs: 229,
    subgraphs: 24,
  },
};

describe.skipIf(absent)(`real models${reason}`, () => {
  test.each(Object.entries(expected))(
    '%s agrees with a full decode and with known facts',
    async (file, known) => {
      const path = locate(file);
      const bytes = await readFile(path);
      const naive = decodeFully(bytes);
      const summary = await inspectModel(path);

      expect(summary.irVersion).toBe(naive.irVersion);
      expect(summary.producer.name).toBe(naive.producer);
      expect(summary.opsets['ai.onnx']).toBe(naive.opset);
      expect(summary.inputs.map((input) => input.name)).toEqual(naive.inputs);
      expect(summary.outputs.map((output) => output.name)).toEqual(naive.outputs);
      expect(summary.nodeCount).toBe(naive.nodes);
      expect(summary.nodeCountWithSubgraphs).toBe(naive.nodesWithSubgraphs);
      expect(summary.subgraphs).toHaveLength(naive.subgraphs);
      expect(summary.operatorsWithSubgraphs).toEqual(naive.operators);
      expect(summary.parameterCount).toBe(naive.parameters);
      expect(summary.constants.elements).toBe(naive.constants);
      expect(summary.constants.bytes).toBe(naive.storedBytes);
      expect(summary.fileBytes).toBe(bytes.byteLength);

      expect(summary.opsets['ai.onnx']).toBe(known.opset);
      expect(summary.inputs.map((input) => input.name)).toEqual(known.inputs);
      expect(summary.nodeCount).toBe(known.nodes);
      expect(summary.parameterCount).toBe(known.parameters);
      expect(summary.nodeCountWithSubgraphs - summary.nodeCount).toBe(known.nodesInSubgraphs);
      expect(summary.subgraphs).toHaveLength(known.subgraphs);
      expect(summary.externalData).toEqual([]);

      // Reading by windows and reading from memory are the same reading.
      expect(inspectModelBytes(bytes, path)).toEqual(summary);
    },
  );

  test('the voice model has the types and shapes that its authors document', async () => {
    const { inputs, outputs, operators } = await inspectModel(locate('silero-vad/silero_vad.onnx'));
    expect(inputs.map(({ name, dtype, shape }) => ({ name, dtype, shape }))).toEqual([
      { name: 'input', dtype: 'float32', shape: [null, null] },
      { name: 'state', dtype: 'float32', shape: [2, null, 128] },
      { name: 'sr', dtype: 'int64', shape: [] },
    ]);
    expect(outputs.map((output) => output.name)).toEqual(['output', 'stateN']);
    expect(operators).toEqual({ Identity: 2, Constant: 1, Equal: 1, If: 1 });
  });
});
