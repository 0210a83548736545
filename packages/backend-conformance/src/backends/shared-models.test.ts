import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createCpuBackend } from '@switchyard/backend-cpu';
import { createWasmBackend } from '@switchyard/backend-wasm';
import { makeTensor, tensorValues, type BackendSessionV1, type Tensor } from '@switchyard/core';
import { describe, expect, it } from 'vitest';

const MODELS = path.resolve(import.meta.dirname, '../../../../../shared/models');
const absent = existsSync(MODELS) ? '' : ' (skipped: there is no ../shared/models beside the repository)';

// Real networks, and the answers that are known of them; both backends of the CPU give the same.
const BACKENDS = [createCpuBackend(), createWasmBackend()].map((backend) => ({
  id: backend.manifest.id,
  open: (file: string): Promise<BackendSessionV1> =>
    backend.doOpen(
      { path: path.join(MODELS, file) },
      { device: { id: backend.manifest.id, name: 'CPU', kind: 'cpu', software: false }, options: {} },
    ),
}));

describe.skipIf(absent !== '').each(BACKENDS)(`$id${absent}`, ({ open }) => {
  it.each(['densenet121', 'inception_v1', 'resnet50', 'shufflenet', 'squeezenet'])(
    'classifies with light_%s',
    async (name) => {
      const session = await open(`light/light_${name}.onnx`);
      const [input] = session.inputs;
      const shape = input!.shape.map((size) => (typeof size === 'number' ? size : 1));
      const pixels = Array.from(
        { length: shape.reduce((product, size) => product * size, 1) },
        (_, index) => (index % 255) / 255,
      );
      const results = await session.doRun({ [input!.name]: makeTensor('float32', shape, pixels) });
      const scores = tensorValues(results[session.outputs[0]!.name]!) as number[];
      // The weights are constant, so that every one of the thousand classes gets the same score.
      expect(scores).toHaveLength(1000);
      expect(new Set(scores.map((score) => score.toFixed(6)))).toHaveLength(1);
      expect(scores[0]).toSatisfy(Number.isFinite);
      await session[Symbol.asyncDispose]();
    },
  );

  it.each(['silero_vad.onnx', 'silero_vad_16k_op15.onnx'])(
    '%s hears speech in 1,452 of 1,875 steps of the recording',
    async (file) => {
      const session = await open(`silero-vad/${file}`);
      const samples = readSamples(path.join(MODELS, 'silero-vad/test.wav'));
      const sr = makeTensor('int64', [], [16_000n]);
      let state: Tensor = makeTensor('float32', [2, 1, 128], new Float32Array(256));
      let speech = 0;
      let steps = 0;
      const window = new Float32Array(576);
      for (let start = 0; start + 512 <= samples.length; start += 512) {
        window.copyWithin(0, 512);
        window.set(samples.subarray(start, start + 512), 64);
        const { output, stateN } = await session.doRun({
          input: makeTensor('float32', [1, 576], window),
          state,
          sr,
        });
        state = stateN!;
        steps += 1;
        if ((tensorValues(output!)[0] as number) > 0.5) speech += 1;
      }
      await session[Symbol.asyncDispose]();
      expect({ steps, speech }).toEqual({ steps: 1875, speech: 1452 });
    },
  );
});

/** 16-bit mono PCM, scaled to -1 to 1; the data chunk is looked for, because its place varies. */
function readSamples(file: string): Float32Array {
  const bytes = readFileSync(file);
  const data = bytes.indexOf('data', 12, 'latin1');
  const count = bytes.readUInt32LE(data + 4) / 2;
  return Float32Array.from({ length: count }, (_, index) => bytes.readInt16LE(data + 8 + index * 2) / 32768);
}
