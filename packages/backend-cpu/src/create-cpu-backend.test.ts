import { checkBackend, makeTensor, tensorValues } from '@switchyard/core';
import { loadMachine } from '@switchyard/core/machines';
import { addModel } from '@switchyard/onnx/testing';
import { expect, it } from 'vitest';
import { createCpuBackend } from './create-cpu-backend.ts';

const host = await loadMachine('linux-plain');
const device = { id: 'cpu', name: 'AMD EPYC', kind: 'cpu', software: false } as const;

it('fulfils the contract', () => {
  const backend = createCpuBackend();
  expect(() => checkBackend(backend)).not.toThrow();
  expect(backend.manifest).toMatchObject({
    id: 'cpu',
    optIn: false,
    rank: 0,
    stability: 'stable',
    deviceKinds: ['cpu'],
  });
  expect(backend.manifest.aliases).toBeUndefined();
  expect(Object.keys(backend.manifest.options)).toEqual([
    'intraOpThreads',
    'interOpThreads',
    'executionMode',
    'graphOptimization',
    'allowSpinning',
    'logSeverity',
  ]);
});

it('probes the real engine', async () => {
  const backend = createCpuBackend();
  expect(await backend.doProbe({ host })).toMatchObject({ ok: true, devices: [device] });
  expect(await backend.doDevices({ host })).toEqual([device]);
});

it('opens with options, runs and releases', async () => {
  const session = await createCpuBackend().doOpen(
    { bytes: addModel(), name: 'add' },
    { device, options: { intraOpThreads: 1, graphOptimization: 'basic' } },
  );
  expect(session.device).toEqual(device);
  const { sum } = await session.doRun({
    a: makeTensor('float32', [2], [1, 2]),
    b: makeTensor('float32', [2], [3, 4]),
  });
  expect(tensorValues(sum!)).toEqual([4, 6]);
  await session[Symbol.asyncDispose]();
  await expect(session.doRun({})).rejects.toMatchObject({ code: 'session-closed' });
});
