import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCpuBackend } from '@switchyard/backend-cpu';
import {
  EngineError,
  ModelError,
  SelectionError,
  createRegistry,
  makeTensor,
  tensorValues,
  type BackendSessionV1,
  type BackendV1,
  type DeviceV1,
  type Reason,
} from '@switchyard/core';
import { hostFactsOf, mockBackend, type MockBackendOptions } from '@switchyard/core/testing';
import { addModel } from '@switchyard/onnx/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRuntime } from './create-runtime.ts';
import { lookForArtifacts } from './look-for-artifacts.ts';

let folder: string;
let model: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-runtime-'));
  model = join(folder, 'add.onnx');
  await writeFile(model, addModel('float32', ['n']));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const reason = (code: Reason['code']): Reason => ({
  code,
  message: `Made up ${code}.`,
  evidence: [],
  remedy: 'Fix it.',
});
const engineError = (backend: string, code: Reason['code'] = 'probe-failed') =>
  new EngineError({ backend, reason: reason(code) });

function session(device: DeviceV1, log: string[] = []): BackendSessionV1 {
  return {
    inputs: [],
    outputs: [],
    device,
    executionProviders: ['MockExecutionProvider'],
    doRun: () => Promise.resolve({}),
    doPlacement: () => Promise.resolve({ source: 'mock', complete: true, providers: [], partitions: null }),
    [Symbol.asyncDispose]: () => {
      log.push(`released ${device.id}`);
      return Promise.resolve();
    },
  };
}

function gpu(
  id: string,
  options: Omit<MockBackendOptions, 'manifest'> = {},
  optIn = false,
): ReturnType<typeof mockBackend> {
  return mockBackend({ manifest: { id, optIn }, ...options });
}

const runtimeOf = (backends: readonly BackendV1[]) =>
  createRuntime({ backends, settings: [], cache: null, trials: 'off' });
const anyDevice: BackendV1['doOpen'] = (_model, { device }) => Promise.resolve(session(device));

describe('on the real CPU backend', () => {
  it('opens, runs, explains and closes', async () => {
    await using runtime = await runtimeOf([createCpuBackend()]);
    await using opened = await runtime.open(model);
    expect(opened.selection).toMatchObject({
      selected: { backend: 'cpu' },
      basis: 'only-candidate',
      degraded: false,
    });
    expect(opened.selection.candidates[0]!.gates).toEqual({
      installed: 'yes',
      enabled: 'yes',
      eligible: 'yes',
      working: 'yes',
    });
    expect(opened.inputs.map(({ name }) => name)).toEqual(['a', 'b']);
    const { sum } = await opened.run({
      a: makeTensor('float32', [2], [1, 2]),
      b: makeTensor('float32', [2], [10, 20]),
    });
    expect(tensorValues(sum!)).toEqual([11, 22]);
    await opened.close();
    await opened.close();
    await expect(opened.run({})).rejects.toMatchObject({ code: 'session-closed' });
  });

  it('a relative path and bytes open too', async () => {
    await using runtime = await runtimeOf([createCpuBackend()]);
    await using opened = await runtime.open({ bytes: addModel('float32', ['n']), name: 'add' });
    expect(opened.outputs).toHaveLength(1);
  });

  it('closing the runtime closes what is open', async () => {
    const runtime = await runtimeOf([createCpuBackend()]);
    const opened = await runtime.open(model);
    await runtime.close();
    await expect(opened.run({})).rejects.toMatchObject({ code: 'session-closed' });
  });

  it('a broken model is the fault of the model, not of the backend', async () => {
    const file = join(folder, 'broken.onnx');
    await writeFile(file, addModel('float32', ['n']).subarray(0, 40));
    await using runtime = await runtimeOf([createCpuBackend()]);
    await expect(runtime.open(file)).rejects.toSatisfy((error) => ModelError.isInstance(error));
    await expect(runtime.open(join(folder, 'absent.onnx'))).rejects.toMatchObject({
      code: 'model-not-found',
    });
  });

  it('an option that does not exist is refused', async () => {
    await using runtime = await runtimeOf([createCpuBackend()]);
    await expect(runtime.open(model, { options: { intraOpThread: 1 } })).rejects.toMatchObject({
      code: 'invalid-value',
    });
  });

  it('reads the environment unless settings are given, so that an off-switch works in every program', async () => {
    process.env['SWITCHYARD_DISABLE'] = 'cpu';
    try {
      await using runtime = await createRuntime({ backends: [createCpuBackend()] });
      expect((await runtime.explain()).refusal?.code).toBe('disabled-by-user');
      await expect(runtime.open(model)).rejects.toMatchObject({ code: 'disabled-by-user' });
    } finally {
      delete process.env['SWITCHYARD_DISABLE'];
    }
  });
});

describe('what opening teaches goes back into selection', () => {
  it('auto falls to the next candidate, degraded, with the reason of the failure', async () => {
    const broken = gpu('gpu', {
      doOpen: () => Promise.reject(engineError('gpu', 'runtime-library-missing')),
    });
    await using runtime = await runtimeOf([createCpuBackend(), broken]);
    expect((await runtime.explain()).selected?.backend).toBe('gpu');
    await using opened = await runtime.open(model);
    expect(opened.selection).toMatchObject({ selected: { backend: 'cpu' }, degraded: true });
    expect(opened.selection.candidates[0]).toMatchObject({
      backend: 'gpu',
      status: 'rejected',
      gates: { working: 'no' },
      reasons: [{ code: 'runtime-library-missing' }],
    });
    expect(opened.selection.warnings).toHaveLength(1);
    expect(broken.calls.doOpen).toHaveLength(1);
  });

  it('exact is refused with the same reason, whatever `fallback` says', async () => {
    const broken = gpu('gpu', { doOpen: () => Promise.reject(engineError('gpu', 'probe-failed')) });
    await using runtime = await runtimeOf([createCpuBackend(), broken]);
    const failure = runtime.open(model, { backend: 'gpu', fallback: 'allow' });
    await expect(failure).rejects.toSatisfy((error) => SelectionError.isInstance(error));
    await expect(failure).rejects.toMatchObject({ code: 'probe-failed', selection: { outcome: 'refused' } });
  });

  it('`fallback: error` refuses what auto would have done', async () => {
    const broken = gpu('gpu', { doOpen: () => Promise.reject(engineError('gpu')) });
    await using runtime = await runtimeOf([createCpuBackend(), broken]);
    await expect(runtime.open(model, { fallback: 'error' })).rejects.toMatchObject({
      code: 'fallback-refused',
    });
  });

  it('an ordered request takes the next of its own list and nothing else', async () => {
    const broken = gpu('gpu', { doOpen: () => Promise.reject(engineError('gpu')) });
    const other = gpu('other', { doOpen: anyDevice });
    await using runtime = await runtimeOf([createCpuBackend(), broken, other]);
    await using opened = await runtime.open(model, { prefer: ['gpu', 'cpu'] });
    expect(opened.selection).toMatchObject({
      selected: { backend: 'cpu' },
      degraded: true,
      basis: 'requested',
    });
    expect(other.calls.doOpen).toHaveLength(0);
  });

  it('a plugin that throws anything is `plugin-bug`', async () => {
    for (const thrown of [new Error('boom'), 'text', undefined]) {
      const bad = gpu('gpu', { doOpen: () => Promise.reject(thrown) });
      await using runtime = await runtimeOf([createCpuBackend(), bad]);
      await using opened = await runtime.open(model);
      expect(opened.selection.candidates[0]).toMatchObject({ reasons: [{ code: 'plugin-bug' }] });
    }
  });

  it('a session on another device than the one selected is released and refused', async () => {
    const log: string[] = [];
    const elsewhere: DeviceV1 = { id: 'gpu:1', name: 'Another', kind: 'gpu', software: false };
    const lying = gpu('gpu', { doOpen: () => Promise.resolve(session(elsewhere, log)) });
    await using runtime = await runtimeOf([createCpuBackend(), lying]);
    await expect(runtime.open(model, { backend: 'gpu' })).rejects.toMatchObject({ code: 'device-unknown' });
    expect(log).toEqual(['released gpu:1']);
  });

  it('a device that turns out to be an emulation is released and passed over unless it was named', async () => {
    const log: string[] = [];
    const soft = gpu('gpu', {
      doOpen: (_model, { device }) => Promise.resolve(session({ ...device, software: true }, log)),
    });
    await using runtime = await runtimeOf([createCpuBackend(), soft]);
    await using opened = await runtime.open(model);
    expect(opened.selection.selected?.backend).toBe('cpu');
    expect(opened.selection.candidates.find(({ backend }) => backend === 'gpu')?.reasons[0]?.code).toBe(
      'software-device',
    );
    expect(log).toEqual(['released gpu:0']);
    await using named = await runtime.open(model, { backend: 'gpu' });
    expect(named.selection.selected?.backend).toBe('gpu');
    expect(named.selection.warnings[0]?.message).toContain('emulation');
  });

  it('a machine that is not known asks the engine for its devices, on an exact request only', async () => {
    const found: DeviceV1 = { id: 'gpu:0', name: 'Found', kind: 'gpu', software: false };
    const unknown = gpu('gpu', {
      predicate: () => ({ eligible: 'unknown', reasons: [reason('device-unknown')], devices: [] }),
      doDevices: () => Promise.resolve([found]),
      doOpen: anyDevice,
    });
    await using runtime = await runtimeOf([createCpuBackend(), unknown]);
    expect((await runtime.explain()).selected?.backend).toBe('cpu');
    await using opened = await runtime.open(model, { backend: 'gpu' });
    expect(opened.selection.selected).toEqual({ backend: 'gpu', device: 'gpu:0', deviceName: 'Found' });
    await expect(runtime.open(model, { backend: 'gpu', device: 'gpu:3' })).rejects.toMatchObject({
      code: 'device-unknown',
    });
  });
});

describe('artifacts', () => {
  it('a file that is missing closes the working gate before anything is loaded', async () => {
    const lacking = gpu('gpu', {
      doArtifacts: () =>
        Promise.resolve([{ name: 'library', present: false, problem: reason('artifact-missing') }]),
    });
    await using runtime = await runtimeOf([createCpuBackend(), lacking]);
    const report = await runtime.explain();
    expect(report).toMatchObject({ selected: { backend: 'cpu' }, degraded: true });
    expect(lacking.calls.doOpen).toHaveLength(0);
  });

  it('what a program found before is taken, and no backend looks a second time', async () => {
    let looks = 0;
    const lacking = gpu('gpu', {
      doArtifacts: () => {
        looks += 1;
        return Promise.resolve([{ name: 'library', present: false, problem: reason('artifact-missing') }]);
      },
    });
    const registry = createRegistry([createCpuBackend(), lacking]);
    const host = hostFactsOf();
    const known = await lookForArtifacts(registry, host);
    await using runtime = await createRuntime({ backends: [], registry, known, settings: [], host });
    expect(await runtime.explain()).toMatchObject({ selected: { backend: 'cpu' }, degraded: true });
    expect(looks).toBe(1);
  });

  it('a look that throws blames its plugin and nobody else', async () => {
    const bad = gpu('gpu', { doArtifacts: () => Promise.reject(new Error('boom')) });
    await using runtime = await createRuntime({
      backends: [createCpuBackend(), bad],
      settings: [],
      host: hostFactsOf(),
    });
    expect((await runtime.explain()).selected?.backend).toBe('cpu');
  });
});

describe('a choice that is to prove itself', () => {
  it('is tried without anything staying open, and what came of it is told again without trying', async () => {
    let opened = 0;
    const refusing = gpu('acme', {
      doOpen: () => {
        opened += 1;
        return Promise.reject(engineError('acme'));
      },
    });
    const runtime = await createRuntime({
      backends: [createCpuBackend(), refusing],
      settings: [],
      cache: null,
    });
    try {
      const before = await runtime.explain({}, model);
      expect(before.selected?.backend).toBe('acme');
      expect(opened).toBe(0);
      const proved = await runtime.prove(model);
      expect(proved).toMatchObject({ selected: { backend: 'cpu' }, degraded: true });
      expect(proved.candidates.find(({ backend }) => backend === 'acme')).toMatchObject({
        status: 'rejected',
        reasons: [
          { code: 'trial-placement', message: expect.stringContaining('It does not open the model') },
        ],
      });
      const tries = opened;
      expect(tries).toBeGreaterThan(0);
      expect((await runtime.explain({}, model)).selected?.backend).toBe('cpu');
      expect((await runtime.prove(model)).selected?.backend).toBe('cpu');
      expect(opened).toBe(tries);
    } finally {
      await runtime.close();
    }
  });
});
