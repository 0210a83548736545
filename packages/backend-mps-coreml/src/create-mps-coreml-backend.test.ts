import { EngineError, SettingsError, type DeviceV1 } from '@switchyard/core';
import { readHostFacts } from '@switchyard/core/host';
import { addModel } from '@switchyard/onnx/testing';
import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import { M4_MAX } from './__fixtures__/mac-facts.ts';
import packageJson from '../package.json' with { type: 'json' };
import { createMpsCoremlBackend } from './create-mps-coreml-backend.ts';
import { VERSION } from './version.ts';

const onMac = process.platform === 'darwin' && process.arch === 'arm64';
const ALL: DeviceV1 = { id: 'coreml:all', name: 'Apple M4 Max', kind: 'gpu', software: false };
const MODEL = { bytes: addModel(), name: 'add' };

let warn: MockInstance;
beforeEach(() => {
  warn = vi.spyOn(console, 'warn');
});
afterEach(() => {
  // onnxruntime-common drops a provider that its build lacks with a warning; nothing may get that far.
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

describe('createMpsCoremlBackend', () => {
  it('says who it is', () => {
    expect(createMpsCoremlBackend().manifest).toMatchObject({
      id: 'mps-coreml',
      aliases: ['mps', 'coreml'],
      package: { name: packageJson.name, version: packageJson.version },
      optIn: false,
      rank: 0,
      deviceKinds: ['gpu', 'npu', 'cpu'],
      isolation: { minimum: 'inline', recommended: 'process' },
    });
    expect(VERSION).toBe(packageJson.version);
  });

  it('takes a rank and nothing from anywhere else', () => {
    expect(createMpsCoremlBackend({ rank: 5 }).manifest.rank).toBe(5);
    expect(createMpsCoremlBackend().manifest).toEqual(createMpsCoremlBackend().manifest);
  });

  it('lists the devices of the facts', async () => {
    const devices = await createMpsCoremlBackend().doDevices({ host: M4_MAX });
    expect(devices.map(({ id }) => id)).toEqual([
      'coreml:all',
      'coreml:cpuAndGPU',
      'coreml:cpuAndNeuralEngine',
      'coreml:cpuOnly',
    ]);
  });

  it('refuses a combination of options before anything is loaded', async () => {
    const open = createMpsCoremlBackend().doOpen(MODEL, {
      device: ALL,
      options: { modelFormat: 'mlProgram', staticShapesOnly: true },
    });
    await expect(open).rejects.toThrow(SettingsError);
  });

  it('refuses an option that nobody knows', async () => {
    const open = createMpsCoremlBackend().doOpen(MODEL, { device: ALL, options: { useCPUOnly: true } });
    await expect(open).rejects.toThrow(SettingsError);
    await expect(open).rejects.toThrow(/useCPUOnly/);
  });

  it('says that a probe was aborted, and nothing more', async () => {
    const result = await createMpsCoremlBackend().doProbe({ host: M4_MAX, signal: AbortSignal.abort() });
    expect(result).toMatchObject({ ok: false, reason: { code: 'probe-timeout' } });
  });
});

describe.skipIf(onMac)('where the engine has no CoreML', () => {
  it('probes to an honest no with the facts of this machine', async () => {
    const result = await createMpsCoremlBackend().doProbe({ host: await readHostFacts() });
    expect(result).toMatchObject({ ok: false, reason: { code: 'platform-unsupported' } });
  });

  it("probes to an honest no with a Mac's facts, because the loaded engine is asked", async () => {
    const result = await createMpsCoremlBackend().doProbe({ host: M4_MAX });
    expect(result).toMatchObject({ ok: false, reason: { code: 'platform-unsupported' } });
  });

  it('never opens on another provider instead', async () => {
    const open = createMpsCoremlBackend().doOpen(MODEL, { device: ALL, options: {} });
    await expect(open).rejects.toThrow(EngineError);
    await expect(open).rejects.toMatchObject({ code: 'platform-unsupported' });
  });
});
