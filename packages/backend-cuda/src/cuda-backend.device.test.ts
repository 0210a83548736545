import { makeTensor, tensorValues } from '@switchyard/core';
import { readHostFacts } from '@switchyard/core/host';
import { mlpModel } from '@switchyard/onnx/testing';
import { describe, expect, it } from 'vitest';
import { createCudaBackend } from './create-cuda-backend.ts';

const host = await readHostFacts();
const backend = createCudaBackend();
const answer = backend.predicate(host);
const why = await whyNot();

async function whyNot(): Promise<string | null> {
  if (answer.eligible === 'no') return answer.reasons[0]?.message ?? 'not eligible';
  const absent = (await backend.doArtifacts?.(host))?.find(({ problem }) => problem !== null);
  return absent?.problem?.message ?? answer.blockers?.[0]?.message ?? null;
}

describe.skipIf(why !== null)(`CUDA on this machine${why === null ? '' : ` (skipped: ${why})`}`, () => {
  it('probes', async () => {
    expect(await backend.doProbe({ host })).toMatchObject({ ok: true });
  });

  it.each(answer.devices.map(({ id }) => id))('runs a perceptron on %s', async (id) => {
    const device = answer.devices.find((each) => each.id === id)!;
    const model = { bytes: mlpModel([4, 8, 2]), name: 'mlp' };
    await using session = await backend.doOpen(model, { device, options: {} });
    expect(session.device).toEqual(device);
    expect(session.executionProviders[0]).toBe('CUDAExecutionProvider');
    const values = Array.from({ length: 8 }, (_unused, index) => index / 8);
    const { y } = await session.doRun({ x: makeTensor('float32', [2, 4], values) });
    expect(y?.shape).toEqual([2, 2]);
    const wanted = [...perceptron(values.slice(0, 4)), ...perceptron(values.slice(4))];
    // Wide enough for TF32 and 16-bit arithmetic, narrow enough for a wrong weight to show.
    for (const [index, value] of tensorValues(y!).entries())
      expect(Math.abs(Number(value) - wanted[index]!)).toBeLessThan(0.01);
  });
});

/** What `mlpModel([4, 8, 2])` computes for one row, from its documented weights. */
function perceptron(row: readonly number[]): readonly number[] {
  const hidden = layer(row, 8, 'weight_0', 'bias_0').map((value) => Math.max(0, value));
  return layer(hidden, 2, 'weight_1', 'bias_1');
}

function layer(row: readonly number[], width: number, weight: string, bias: string): readonly number[] {
  return Array.from({ length: width }, (_unused, column) =>
    row.reduce((sum, value, index) => sum + value * wave(index * width + column, weight), wave(column, bias)),
  );
}

function wave(index: number, name: string): number {
  return Math.sin(index + name.length) / 4;
}
