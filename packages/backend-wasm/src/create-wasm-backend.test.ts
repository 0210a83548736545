import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { checkBackend, makeTensor, tensorValues } from '@switchyard/core';
import { hostFactsOf } from '@switchyard/core/testing';
import { addModel, buildModel } from '@switchyard/onnx/testing';
import { expect, it } from 'vitest';
import { DEVICE } from './__fixtures__/open-model.ts';
import { createWasmBackend } from './create-wasm-backend.ts';
import { PROBE_MODEL } from './probe-model.ts';

const host = hostFactsOf();
const device = { id: 'wasm', name: 'Test CPU', kind: 'cpu', software: false } as const;

it('fulfils the contract', () => {
  const { manifest } = checkBackend(createWasmBackend()).backend;
  expect(manifest).toMatchObject({ id: 'wasm', optIn: true, deviceKinds: ['cpu'] });
  expect(manifest.rank).toBeLessThan(0);
  expect(manifest.isolation).toEqual({ minimum: 'inline', recommended: 'process' });
  expect(manifest.nativeGroup).toBeUndefined();
  expect(Object.keys(manifest.options)).toEqual(['intraOpThreads', 'graphOptimization', 'logSeverity']);
});

it('loads no engine on import, on creation and in the predicate', () => {
  const script = `
    import { registerHooks } from 'node:module';
    const named = [];
    registerHooks({ load: (url, context, next) => { named.push(url); return next(url, context); } });
    const { createWasmBackend } = await import('@switchyard/backend-wasm');
    const { loadMachine } = await import('@switchyard/core/machines');
    const backend = createWasmBackend();
    const host = await loadMachine('linux-alpine');
    backend.predicate(host);
    await backend.doArtifacts(host);
    if (process.report.getReport().workers.length > 0) throw new Error('A thread was started.');
    if (named.some((url) => url.includes('onnxruntime'))) throw new Error('The engine was loaded.');
    if (!named.some((url) => url.includes('create-wasm-backend'))) throw new Error('The hook saw nothing.');`;
  const argv = ['--conditions=@switchyard/source', '--no-warnings', '--input-type=module', '-e', script];
  const folder = path.resolve(import.meta.dirname, '..');
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: folder, encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});

it('probes the real engine', async () => {
  const backend = createWasmBackend();
  expect(await backend.doProbe({ host })).toMatchObject({ ok: true, devices: [device] });
  expect(await backend.doDevices({ host })).toEqual([device]);
  const stopped = await backend.doProbe({ host, signal: AbortSignal.abort() });
  expect(stopped).toMatchObject({ ok: false, reason: { code: 'probe-failed' } });
});

it('probes with the model that it says it does', () => {
  const float = (name: string, shape: readonly (number | string)[]) =>
    ({ name, dtype: 'float32', shape }) as const;
  const built = buildModel({
    name: 'probe',
    inputs: [float('x', ['batch', 4])],
    outputs: [float('y', ['batch', 2])],
    nodes: [
      { op: 'Gemm', name: 'gemm', inputs: ['x', 'w', 'b'], outputs: ['z'] },
      { op: 'Relu', name: 'relu', inputs: ['z'], outputs: ['y'] },
    ],
    initializers: [
      { name: 'w', dtype: 'float32', shape: [4, 2], data: [1, 0.5, 0.5, -1, 0.5, 0, 1, -0.5] },
      { name: 'b', dtype: 'float32', shape: [2], data: [1, 1] },
    ],
  });
  expect(Buffer.from(built).toString('base64')).toBe(PROBE_MODEL);
});

it('opens with options, runs and releases, strictly too, because there is nowhere else', async () => {
  const session = await createWasmBackend().doOpen(
    { bytes: addModel(), name: 'add' },
    { device, options: { graphOptimization: 'basic' }, strict: true },
  );
  expect(session).toMatchObject({ device, executionProviders: ['CPUExecutionProvider'] });
  const feeds = { a: makeTensor('float32', [2], [1, 2]), b: makeTensor('float32', [2], [3, 4]) };
  const { sum } = await session.doRun(feeds);
  expect(tensorValues(sum!)).toEqual([4, 6]);
  for (const placement of [await session.doPlacement(), await session.doPlacement({ feeds })]) {
    expect(placement).toMatchObject({
      complete: true,
      providers: [{ name: 'CPUExecutionProvider', nodes: 1, timeShare: null }],
    });
    expect(placement.source).toMatch(/has no execution provider but that of the CPU/);
  }
  await session[Symbol.asyncDispose]();
  await expect(session.doRun({})).rejects.toMatchObject({ code: 'session-closed' });
  await expect(session.doPlacement()).rejects.toMatchObject({ code: 'session-closed' });
});

it('refuses a device that is not its own, an option that does not exist, and an aborted opening', async () => {
  const open = (context: object) =>
    createWasmBackend().doOpen(
      { bytes: addModel(), name: 'add' },
      { device: DEVICE, options: {}, ...context },
    );
  await expect(open({ device: { ...DEVICE, id: 'wasm:1' } })).rejects.toMatchObject({
    code: 'device-unknown',
  });
  await expect(open({ options: { simd: true } })).rejects.toMatchObject({ code: 'invalid-value' });
  await expect(open({ signal: AbortSignal.abort('enough') })).rejects.toMatchObject({
    code: 'aborted',
    cause: 'enough',
  });
});
