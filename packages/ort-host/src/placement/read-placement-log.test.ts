import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildModel, ifModel } from '@switchyard/onnx/testing';
import { afterAll, afterEach, expect, it } from 'vitest';
import { ownTemporaryFolder } from './__fixtures__/own-temporary-folder.ts';
import { placementByVerboseLog } from './placement-by-verbose-log.ts';

const temporary = ownTemporaryFolder();
afterEach(() => expect(temporary.left()).toEqual([]));
afterAll(() => temporary.remove());

const model = { bytes: ifModel(), name: 'choice' };
const request = { backend: 'cpu', model, provider: { name: 'cpu' }, session: {} } as const;

it('places a model without loading the engine into this process', async () => {
  expect(await placementByVerboseLog(request)).toEqual({
    ok: true,
    placement: { providers: [{ name: 'CPUExecutionProvider', nodes: 4, listed: null }] },
  });
  expect(Object.keys(process.versions)).not.toContain('onnxruntime');
  expect(Reflect.get(globalThis, Symbol.for('switchyard.onnxruntime'))).toBeUndefined();
});

it('loses no line of a long log', async () => {
  const nodes = Array.from({ length: 5000 }, (_, index) => ({
    op: 'Neg',
    name: `node_${index}_${'x'.repeat(100)}`,
    inputs: [index === 0 ? 'x' : `value_${index - 1}`],
    outputs: [index === 4999 ? 'y' : `value_${index}`],
  }));
  const float = { dtype: 'float32', shape: [1] } as const;
  const bytes = buildModel({ inputs: [{ name: 'x', ...float }], outputs: [{ name: 'y', ...float }], nodes });
  const session = { graphOptimization: 'disabled' };
  expect(await placementByVerboseLog({ ...request, model: { bytes, name: 'long' }, session })).toEqual({
    ok: true,
    placement: { providers: [{ name: 'CPUExecutionProvider', nodes: 5000, listed: null }] },
  });
});

it('keeps to a deadline, which proves nothing', async () => {
  expect(await placementByVerboseLog({ ...request, timeoutMs: 1 })).toMatchObject({
    ok: false,
    reason: { code: 'probe-timeout', message: expect.stringContaining('longer than 0.001 s') },
  });
});

it('ends when it is aborted', async () => {
  const signal = AbortSignal.abort();
  expect(await placementByVerboseLog({ ...request, signal })).toMatchObject({
    ok: false,
    reason: { code: 'probe-timeout', message: expect.stringContaining('aborted') },
  });
});

it('gives the sentence of the engine when the model does not open', async () => {
  const bytes = Uint8Array.of(1, 2, 3);
  expect(await placementByVerboseLog({ ...request, model: { bytes, name: 'noise' } })).toMatchObject({
    ok: false,
    reason: {
      code: 'probe-failed',
      message: expect.stringMatching(/did not open.*protobuf parsing failed/i),
    },
  });
});

it('refuses options that the engine would ignore, before any process is started', async () => {
  await expect(placementByVerboseLog({ ...request, session: { threads: 2 } })).rejects.toMatchObject({
    code: 'invalid-value',
  });
});

it('is a process that ends with its parent, also while it does nothing but wait', async () => {
  const entry = fileURLToPath(new URL('placement-entry.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@switchyard/source', '--no-warnings', entry], {
    stdio: ['pipe', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => {
    child.once('close', (status, signal) => resolve({ status, signal }));
  });
  // What a killed parent leaves behind: its ends of the pipes closed, except that nothing was ever written.
  child.stdio[3]?.destroy();
  expect(await ended).toEqual({ status: null, signal: 'SIGKILL' });
});
