import type { DeviceV1 } from '@switchyard/core';
import { buildModel } from '@switchyard/onnx/testing';
import { expect, it } from 'vitest';
import { PROBE_INPUT, PROBE_MODEL, PROBE_OUTPUT } from './probe-model.ts';
import { probeOrtProvider } from './probe-ort-provider.ts';

const devices: readonly DeviceV1[] = [{ id: 'cpu', name: 'CPU', kind: 'cpu', software: false }];
const WEIGHTS = [1, 0.5, 0.5, -1, 0.5, 0, 1, -0.5];

it('runs the embedded model on the CPU', async () => {
  const answer = await probeOrtProvider({ backend: 'cpu', provider: { name: 'cpu' }, devices });
  expect(answer).toEqual({ ok: true, devices, evidence: expect.stringContaining('its result was right') });
});

it('answers instead of rejecting', async () => {
  const absent = await probeOrtProvider({ backend: 'test', provider: { name: 'none' as 'cpu' }, devices });
  expect(absent).toMatchObject({
    ok: false,
    reason: { code: 'platform-unsupported', message: expect.stringContaining('`none`') },
  });
  const nothing = await probeOrtProvider({ backend: 'test', provider: { name: 'cpu' }, devices: [] });
  expect(nothing).toMatchObject({ ok: false, reason: { code: 'hardware-absent' } });
});

it('embeds the model that the builder makes, with its result worked out apart', () => {
  const model = buildModel({
    name: 'probe',
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 4] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 2] }],
    nodes: [
      { op: 'Gemm', name: 'gemm', inputs: ['x', 'w', 'b'], outputs: ['z'] },
      { op: 'Relu', name: 'relu', inputs: ['z'], outputs: ['y'] },
    ],
    initializers: [
      { name: 'w', dtype: 'float32', shape: [4, 2], data: WEIGHTS },
      { name: 'b', dtype: 'float32', shape: [2], data: [1, 1] },
    ],
  });
  expect(Buffer.from(model).toString('base64')).toBe(PROBE_MODEL);
  const expected = [0, 1].flatMap((row) =>
    [0, 1].map((column) => {
      const products = [0, 1, 2, 3].map(
        (index) => PROBE_INPUT[row * 4 + index]! * WEIGHTS[index * 2 + column]!,
      );
      return Math.max(0, 1 + products.reduce((sum, product) => sum + product, 0));
    }),
  );
  expect(PROBE_OUTPUT).toEqual(expected);
});
