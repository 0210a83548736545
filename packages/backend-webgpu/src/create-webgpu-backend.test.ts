import { EngineError, SettingsError, checkBackend, type DeviceV1 } from '@switchyard/core';
import { addModel } from '@switchyard/onnx/testing';
import { expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { LAVAPIPE, linuxWith } from './__fixtures__/gpu-facts.ts';
import { createWebgpuBackend } from './create-webgpu-backend.ts';
import { VERSION } from './version.ts';

const DEVICE: DeviceV1 = { id: 'webgpu:0', name: 'Test', kind: 'gpu', software: 'unknown' };
const MODEL = { bytes: addModel(), name: 'add' };

it('says who it is, and why nobody gets it unasked', () => {
  const { manifest } = createWebgpuBackend();
  expect(manifest).toMatchObject({
    id: 'webgpu',
    package: { name: packageJson.name, version: packageJson.version },
    optIn: true,
    rank: 0,
    deviceKinds: ['gpu'],
    isolation: { minimum: 'process', recommended: 'process' },
  });
  expect(manifest.optInReason).toMatch(/emulation on the CPU.*#32275/);
  expect(VERSION).toBe(packageJson.version);
  expect(() => checkBackend(createWebgpuBackend())).not.toThrow();
});

it('lists the device of the facts', async () => {
  const devices = await createWebgpuBackend().doDevices({ host: linuxWith([LAVAPIPE]) });
  expect(devices).toMatchObject([{ id: 'webgpu:0', software: true }]);
});

it.each(['webgpu', 'webgpu:1', 'cpu'])('refuses the device %s', async (id) => {
  const open = createWebgpuBackend().doOpen(MODEL, { device: { ...DEVICE, id }, options: {} });
  await expect(open).rejects.toThrow(EngineError);
  await expect(open).rejects.toMatchObject({ code: 'device-unknown' });
});

it('refuses an option that the engine would ignore', async () => {
  const open = createWebgpuBackend().doOpen(MODEL, {
    device: DEVICE,
    options: { dawnBackendType: 'Vulkan' },
  });
  await expect(open).rejects.toThrow(SettingsError);
});

it('probes to what the facts say is missing', async () => {
  const result = await createWebgpuBackend().doProbe({ host: linuxWith([]) });
  expect(result).toMatchObject({ ok: false, reason: { code: 'hardware-absent' } });
});
