import { makeTensor } from '@switchyard/core';
import { loadMachine } from '@switchyard/core/machines';
import { createRuntime } from '@switchyard/runtime';
import { expect, it } from 'vitest';
// @boundaries-ignore the double of the binding is nobody's to import but tests', and a backend may not know the runtime
import { createEndingBackend } from '../packages/backend-openvino/src/__fixtures__/ending-backend.ts';
// @boundaries-ignore the double of the binding is nobody's to import but tests', and a backend may not know the runtime
import { SUBTRACT } from '../packages/backend-openvino/src/__fixtures__/models.ts';

// Exceptions on native threads of openvino-node end the process that they happen in: never the caller's.

const feeds = {
  left: makeTensor('float32', [2, 3], [1, 2, 3, 4, 5, 6]),
  right: makeTensor('float32', [2, 3], [1, 1, 1, 1, 1, 1]),
};
const model = { bytes: SUBTRACT.bytes, name: 'subtract' };

async function runtime(): ReturnType<typeof createRuntime> {
  return createRuntime({
    backends: [createEndingBackend()],
    host: await loadMachine('linux-intel-igpu-npu'),
    settings: [],
    cache: null,
  });
}

it('a run that ends the process of OpenVINO rejects, and the caller lives on', async () => {
  await using own = await runtime();
  const session = await own.open(model, { backend: 'openvino', device: 'openvino:CPU' });
  expect(session.isolation).toMatchObject({ kind: 'process' });
  const run = session.run(feeds);
  await expect(run).rejects.toMatchObject({ name: 'ExecutionError' });
  await expect(run).rejects.toThrow(/SIGABRT|status 134/);
  const again = await own.open(model, { backend: 'openvino', device: 'openvino:CPU' });
  expect(again.inputs.map(({ name }) => name)).toEqual(['left', 'right']);
});

it.each(['inline', 'thread'] as const)('the isolation %s is refused', async (isolation) => {
  await using own = await runtime();
  const opening = own.open(model, { backend: 'openvino', isolation });
  await expect(opening).rejects.toMatchObject({ name: 'SettingsError', code: 'invalid-value' });
  await expect(opening).rejects.toThrow('`openvino` must not run with less isolation than `process`');
});

it.each(['AUTO', 'AUTO:GPU,CPU', 'HETERO:GPU,CPU', 'MULTI:GPU,CPU'])(
  'selection refuses the device %s with a sentence of its own',
  async (device) => {
    await using own = await runtime();
    const report = await own.explain({ backend: 'openvino', device: `openvino:${device}` });
    expect(report.outcome).toBe('refused');
    expect(report.refusal?.message).toContain(`\`${device.split(':')[0]}\` is refused: it `);
    expect(report.refusal?.remedy).toContain('openvino:');
  },
);
