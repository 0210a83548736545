import { existsSync } from 'node:fs';
import { EngineError, SettingsError, type ArtifactCheckV1, type DeviceV1 } from '@switchyard/core';
import { readHostFacts } from '@switchyard/core/host';
import { loadMachine } from '@switchyard/core/machines';
import { ORT_SESSION_OPTIONS } from '@switchyard/ort-host';
import { addModel } from '@switchyard/onnx/testing';
import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { WORKSTATION, nvidiaFacts } from './__fixtures__/nvidia-facts.ts';
import { createCudaBackend } from './create-cuda-backend.ts';
import { VERSION } from './version.ts';

const GPU: DeviceV1 = { id: 'cuda:0', name: 'NVIDIA GeForce RTX 3090', kind: 'gpu', software: false };
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

const artifacts = (await createCudaBackend().doArtifacts?.(WORKSTATION)) ?? [];
const complete = artifacts.every(({ present }) => present);
const onLinux = process.platform === 'linux' && process.arch === 'x64';

describe('createCudaBackend', () => {
  it('says who it is', () => {
    expect(createCudaBackend().manifest).toMatchObject({
      id: 'cuda',
      package: { name: packageJson.name, version: packageJson.version },
      optIn: false,
      rank: 0,
      deviceKinds: ['gpu'],
      isolation: { minimum: 'inline', recommended: 'process' },
    });
    expect(VERSION).toBe(packageJson.version);
  });

  it('has the shared session options and TensorRT, because the binding takes none of CUDA but the device', () => {
    const { tensorrt, ...shared } = createCudaBackend().manifest.options;
    expect(shared).toEqual(ORT_SESSION_OPTIONS);
    expect(tensorrt).toMatchObject({ type: 'boolean', default: false });
  });

  it('takes a rank and nothing from anywhere else', () => {
    expect(createCudaBackend({ rank: 5 }).manifest.rank).toBe(5);
    expect(createCudaBackend().manifest).toEqual(createCudaBackend().manifest);
  });

  it('lists the devices of the facts', async () => {
    const devices = await createCudaBackend().doDevices({ host: WORKSTATION });
    expect(devices.map(({ id }) => id)).toEqual(['cuda:0']);
  });

  it.each(['cuda', 'cuda:', 'cuda:-1', 'cuda:1.5', 'coreml:all', 'cpu'])(
    'refuses the device %s',
    async (id) => {
      const open = createCudaBackend().doOpen(MODEL, { device: { ...GPU, id }, options: {} });
      await expect(open).rejects.toThrow(EngineError);
      await expect(open).rejects.toMatchObject({ code: 'device-unknown' });
    },
  );

  it.each(['gpuMemLimit', 'deviceId', 'freeDimensionOverrides'])('refuses the option %s', async (name) => {
    const open = createCudaBackend().doOpen(MODEL, { device: GPU, options: { [name]: 1 } });
    await expect(open).rejects.toThrow(SettingsError);
    await expect(open).rejects.toThrow(`\`${name}\``);
  });

  it('looks for no files, and probes to the platform, where there is no build with CUDA', async () => {
    const host = await loadMachine('windows-nvidia');
    expect(await createCudaBackend().doArtifacts?.(host)).toEqual([]);
    const result = await createCudaBackend().doProbe({ host });
    expect(result).toMatchObject({ ok: false, reason: { code: 'platform-unsupported' } });
  });
});

describe.skipIf(!onLinux || complete)('without the libraries of the provider', () => {
  it('says that they are absent and how to get them, without loading anything', () => {
    expect(artifacts).toHaveLength(1);
    const [{ problem }] = artifacts as [ArtifactCheckV1];
    expect(problem).toMatchObject({ code: 'artifact-missing' });
    expect(problem?.message).toMatch(
      /libonnxruntime_providers_shared\.so.*libonnxruntime_providers_cuda\.so/,
    );
    const script = /node (\S+install\.js)/.exec(problem?.remedy ?? '')?.[1];
    expect(existsSync(script ?? '')).toBe(true);
  });

  it('probes to artifact-missing with the facts of a machine that has everything else', async () => {
    const result = await createCudaBackend().doProbe({ host: WORKSTATION });
    expect(result).toMatchObject({ ok: false, reason: { code: 'artifact-missing' } });
  });
});

describe.skipIf(!onLinux)('on this machine', () => {
  it('probes and opens to one reason, and never on another provider instead', async () => {
    const host = await readHostFacts();
    const backend = createCudaBackend();
    const answer = backend.predicate(host);
    const files = (await backend.doArtifacts?.(host)) ?? [];
    const expected =
      answer.eligible === 'no' ? answer.reasons[0] : files.find(({ problem }) => problem)?.problem;
    // Where nothing is in the way, the device test runs models.
    if (expected == null) return;
    expect(await backend.doProbe({ host })).toEqual({ ok: false, reason: expected });
    const open = backend.doOpen(MODEL, { device: GPU, options: {} });
    await expect(open).rejects.toThrow(EngineError);
    await expect(open).rejects.toMatchObject({ code: expected.code, reason: expected });
  });

  it('probes to the hardware where the facts have none', async () => {
    const host = nvidiaFacts({ variables: { CUDA_VISIBLE_DEVICES: '-1' } });
    const result = await createCudaBackend().doProbe({ host });
    expect(result).toMatchObject({ ok: false, reason: { code: 'hardware-absent' } });
  });
});
