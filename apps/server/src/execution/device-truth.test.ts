import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCpuBackend } from '@switchyard/backend-cpu';
import { EngineError, type BackendV1 } from '@switchyard/core';
import { hostFactsOf, mockBackend } from '@switchyard/core/testing';
import { mlpModel } from '@switchyard/onnx/testing';
import { createRuntime } from '@switchyard/runtime';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { configOf } from './__fixtures__/open-executor.ts';
import type { ModelExecutor } from './model-executor.ts';
import { openModelExecutor } from './open-model-executor.ts';

let folder: string;
let model: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-truth-'));
  model = join(folder, 'model.onnx');
  writeFileSync(model, mlpModel());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const REASON = {
  code: 'probe-failed',
  message: 'The driver is on fire.',
  evidence: [],
  remedy: 'Put it out.',
} as const;

async function openInline(doOpen: BackendV1['doOpen'], instances: number): Promise<ModelExecutor> {
  const runtime = await createRuntime({
    backends: [mockBackend({ manifest: { id: 'gpu' }, doOpen }), createCpuBackend()],
    settings: [],
    cache: null,
    host: hostFactsOf(),
    trials: 'off',
  });
  const config = configOf({ instances, open: { isolation: 'inline' } });
  return openModelExecutor(runtime, model, config, { model: () => {} });
}

it('names what was preferred and why it does not run', async () => {
  const doOpen = () => Promise.reject(new EngineError({ backend: 'gpu', reason: REASON }));
  await using executor = await openInline(doOpen, 1);
  expect(executor.truth).toMatchObject({ backend: 'cpu', device: { id: 'cpu' } });
  expect(executor.truth.fallback).toContain('`gpu`: The driver is on fire.');
  expect(executor.residentBytes()).toBeNull();
});

it('an instance that would run on other hardware than the first is refused, and nothing stays open', async () => {
  let opened = 0;
  let closed = 0;
  const doOpen: BackendV1['doOpen'] = (_model, { device }) => {
    opened += 1;
    if (opened > 1) return Promise.reject(new EngineError({ backend: 'gpu', reason: REASON }));
    return Promise.resolve({
      inputs: [],
      outputs: [],
      device,
      executionProviders: ['Mock'],
      doRun: () => Promise.resolve({}),
      doPlacement: () => Promise.resolve({ source: 'mock', complete: true, providers: [], partitions: null }),
      [Symbol.asyncDispose]: () => {
        closed += 1;
        return Promise.resolve();
      },
    });
  };
  await expect(openInline(doOpen, 2)).rejects.toThrow('opened on `cpu` instead of `gpu:0`');
  expect({ opened, closed }).toEqual({ opened: 2, closed: 1 });
});
