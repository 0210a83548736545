import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BackendV1, Fact, HostFacts } from '@switchyard/core';
import { hostFactsOf, mockBackend } from '@switchyard/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeFingerprint, type ProbeFingerprintInput } from './probe-fingerprint.ts';

const known = <Value>(value: Value, source = 'a test'): Fact<Value> => ({ known: true, value, source });
const base = hostFactsOf();
const backend = mockBackend();
const { manifest } = backend;
const of = (change: Partial<ProbeFingerprintInput> = {}): Promise<string> =>
  probeFingerprint({ backend, host: base, ...change });
const onHost = (change: Partial<HostFacts>): Promise<string> => of({ host: hostFactsOf(change) });
const accelerator = {
  kind: 'gpu',
  vendor: 'NVIDIA',
  vendorId: '10de',
  deviceId: '2684',
  busId: '0000:01:00.0',
  name: null,
  driver: 'nvidia',
  integrated: false,
} as const;

it('is the same for the same machine and backend, and can name a file', async () => {
  expect(await of()).toMatch(/^[0-9a-f]{32}$/);
  expect(await of()).toBe(await of({ host: hostFactsOf(), backend: mockBackend() }));
});

describe('on the machine', () => {
  it.each<[string, Partial<HostFacts>]>([
    ['NVIDIA driver', { nvidia: { ...base.nvidia, driverVersion: known('570.86.15') } }],
    ['accelerator', { accelerators: known([accelerator]) }],
    [
      'Vulkan driver',
      { vulkanDrivers: known([{ name: 'lvp_icd', library: 'libvulkan_lvp.so', software: true }]) },
    ],
    ['device node', { deviceNodes: known(['/dev/nvidia0']) }],
    ['system library', { libraries: known([{ name: 'libcudart.so.12', path: '/usr/lib/libcudart.so.12' }]) }],
    ['system version', { os: { ...base.os, version: known('13') } }],
    ['system build', { os: { ...base.os, build: known('24B91') } }],
    ['kernel', { os: { ...base.os, kernel: known('6.1.0-19-amd64') } }],
    ['C library', { libc: known({ flavour: 'glibc', version: '2.41' }) }],
    ['processor', { cpu: { ...base.cpu, model: known('Another CPU') } }],
    ['architecture', { os: { ...base.os, arch: 'arm64' } }],
    ['Node version', { node: { version: '26.0.0', napi: '10' } }],
    ['container', { environment: { ...base.environment, container: known('docker') } }],
    ['variable', { variables: { CUDA_VISIBLE_DEVICES: '1' } }],
    [
      'what is not known any more',
      { nvidia: { ...base.nvidia, driverVersion: { known: false, why: 'unreadable' } } },
    ],
  ])('another %s is another fingerprint', async (_what, change) => {
    expect(await onHost(change)).not.toBe(await of());
  });

  it('another version of a driver is another fingerprint', async () => {
    const nvidia = (version: string): Partial<HostFacts> => ({
      nvidia: { ...base.nvidia, driverVersion: known(version) },
    });
    expect(await onHost(nvidia('570.86.15'))).not.toBe(await onHost(nvidia('570.86.16')));
    const bound = (driver: string): Partial<HostFacts> => ({
      accelerators: known([{ ...accelerator, driver }]),
    });
    expect(await onHost(bound('nvidia'))).not.toBe(await onHost(bound('nouveau')));
  });

  it.each<[string, Partial<HostFacts>]>([
    ['amount of memory', { memory: { totalBytes: known(1), limitBytes: known(2) } }],
    ['number of processors', { cpu: { ...base.cpu, logicalCores: known(64) } }],
    ['source of a fact', { os: { ...base.os, kernel: known('6.1.0-18-amd64', 'another call') } }],
    ['reason for a gap', { os: { ...base.os, build: { known: false, why: 'Another reason.' } } }],
    ['provenance', { provenance: { kind: 'live', description: 'This machine.' } }],
  ])('another %s is not', async (_what, change) => {
    expect(await onHost(change)).toBe(await of());
  });

  it('neither is the order of a list, nor the working directory', async () => {
    const other = { ...accelerator, busId: '0000:02:00.0' };
    const before = await onHost({ accelerators: known([accelerator, other]) });
    const cwd = process.cwd();
    process.chdir(tmpdir());
    try {
      expect(await onHost({ accelerators: known([other, accelerator]) })).toBe(before);
    } finally {
      process.chdir(cwd);
    }
  });
});

describe('of the backend', () => {
  it.each<[string, Partial<ProbeFingerprintInput>]>([
    [
      'version',
      { backend: mockBackend({ manifest: { package: { ...manifest.package, version: '1.0.1' } } }) },
    ],
    ['package', { backend: mockBackend({ manifest: { package: { name: 'other', version: '1.0.0' } } }) }],
    [
      'engine',
      { backend: mockBackend({ manifest: { nativeGroup: { name: 'onnxruntime', version: '1.30.0' } } }) },
    ],
    ['option', { options: { threads: 1 } }],
    ['file', { artifacts: [{ name: 'library', present: true, problem: null }] }],
  ])('another %s is another fingerprint', async (_what, change) => {
    expect(await of(change)).not.toBe(await of());
  });

  it('a file that is gone is another fingerprint', async () => {
    const problem = { code: 'artifact-missing', message: 'It is gone.', evidence: [], remedy: null } as const;
    const present = await of({ artifacts: [{ name: 'library', present: true, problem: null }] });
    expect(await of({ artifacts: [{ name: 'library', present: false, problem }] })).not.toBe(present);
  });
});

describe('of the module that the backend comes from', () => {
  let folder: string;
  let module: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'switchyard-origin-'));
    mkdirSync(join(folder, 'src'));
    mkdirSync(join(folder, 'node_modules/engine'), { recursive: true });
    module = pathToFileURL(join(folder, 'src/index.js')).href;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const write = (file: string, content: unknown): void =>
    writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
  const reset = (): void => {
    write('src/index.js', 'export const create = 1;');
    write('package.json', { name: 'a-backend', version: '1.0.0', peerDependencies: { engine: '*' } });
    write('node_modules/engine/package.json', { name: 'engine', version: '2.0.0', exports: {} });
  };
  const now = (change: Partial<NonNullable<BackendV1['origin']>> = {}): Promise<string> =>
    of({ backend: { ...backend, origin: { module, factory: 'create', arguments: [], ...change } } });

  it.each<[string, () => void]>([
    ['content', () => write('src/index.js', 'export const create = 2;')],
    [
      'version',
      () => write('package.json', { name: 'a-backend', version: '1.0.1', peerDependencies: { engine: '*' } }),
    ],
    [
      'engine',
      () => write('node_modules/engine/package.json', { name: 'engine', version: '2.0.1', exports: {} }),
    ],
    ['engine that is gone', () => rmSync(join(folder, 'node_modules/engine/package.json'))],
    ['damage', () => write('package.json', '{')],
  ])('another %s is another fingerprint', async (_what, change) => {
    reset();
    const before = await now();
    expect(await now()).toBe(before);
    change();
    expect(await now()).not.toBe(before);
  });

  it('so are other arguments, another factory, and a module that is not a file', async () => {
    reset();
    const all = [
      await now(),
      await now({ arguments: [1] }),
      await now({ factory: 'make' }),
      await now({ module: 'data:text/javascript,' }),
    ];
    expect(new Set(all).size).toBe(4);
  });
});
