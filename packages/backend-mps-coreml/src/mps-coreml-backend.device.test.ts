import { makeTensor, tensorValues } from '@switchyard/core';
import { readHostFacts } from '@switchyard/core/host';
import { mlpModel } from '@switchyard/onnx/testing';
import { describe, expect, it } from 'vitest';
import { coremlPredicate } from './coreml-predicate.ts';
import { createMpsCoremlBackend } from './create-mps-coreml-backend.ts';

const host = await readHostFacts();
const answer = coremlPredicate(host);
const why = answer.eligible === 'no' ? (answer.reasons[0]?.message ?? 'not eligible') : null;

describe.skipIf(why !== null)(`CoreML on this machine${why === null ? '' : ` (skipped: ${why})`}`, () => {
  it('probes', async () => {
    const result = await createMpsCoremlBackend().doProbe({ host });
    expect(result).toMatchObject({ ok: true });
  });

  it.each(answer.devices.map(({ id }) => id))('runs a perceptron on %s', async (id) => {
    const device = answer.devices.find((each) => each.id === id)!;
    const model = { bytes: mlpModel([4, 8, 2]), name: 'mlp' };
    await using session = await createMpsCoremlBackend().doOpen(model, { device, options: {} });
    expect(session.device).toEqual(device);
    expect(session.executionProviders).toEqual(['CoreMLExecutionProvider']);
    const values = Float32Array.from({ length: 8 }, (_unused, index) => index / 8);
    const { y } = await session.doRun({ x: makeTensor('float32', [2, 4], values) });
    expect(y?.shape).toEqual([2, 2]);
    expect([...tensorValues(y!)].every((value) => Number.isFinite(Number(value)))).toBe(true);
  });
});
