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
    expect(session.executionProviders).toEqual(['CUDAExecutionProvider']);
    const values = Float32Array.from({ length: 8 }, (_unused, index) => index / 8);
    const { y } = await session.doRun({ x: makeTensor('float32', [2, 4], values) });
    expect(y?.shape).toEqual([2, 2]);
    expect([...tensorValues(y!)].every((value) => Number.isFinite(Number(value)))).toBe(true);
  });
});
