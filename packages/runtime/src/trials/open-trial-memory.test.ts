import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCpuBackend } from '@switchyard/backend-cpu';
import type { HostFacts, TrialOutcome } from '@switchyard/core';
import { hostFactsOf, mockBackend } from '@switchyard/core/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore } from '../store/open-store.ts';
import { openTrialMemory } from './open-trial-memory.ts';
import type { TrialSubject } from './trial-types.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-memory-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const fast: TrialOutcome = { trial: 'speed', passed: true, evidence: [{ path: 'ratio', value: 0.5 }] };
const withDriver = (version: string): HostFacts =>
  hostFactsOf({
    nvidia: {
      driverVersion: { known: true, value: version, source: 'test' },
      gpus: { known: true, value: [], source: 'test' },
    },
  });
const reference: TrialSubject = {
  backend: createCpuBackend(),
  device: { id: 'cpu', name: 'CPU', kind: 'cpu', software: false },
};
const candidate = (version = '1.0.0', options: TrialSubject['options'] = {}): TrialSubject => ({
  backend: mockBackend({ manifest: { id: 'alpha', package: { name: '@test/alpha', version } } }),
  device: { id: 'alpha:0', name: 'alpha', kind: 'gpu', software: false },
  options,
});
const bytes = (first: number) => ({ bytes: new Uint8Array([first]), name: 'model' });

it('remembers under the model, the machine, the versions, the options and the policy, and under nothing less', async () => {
  const store = openStore(folder);
  const host = withDriver('570.86.15');
  const memory = await openTrialMemory({ store, model: bytes(1), host });
  await memory.remember(candidate(), reference, { trials: [fast], notRun: [], inputs: 'generated' });

  const again = await openTrialMemory({ store, model: bytes(1), host });
  expect((await again.recall(candidate(), reference)).trials).toEqual([fast]);
  expect((await again.recall(candidate('1.0.1'), reference)).trials).toEqual([]);
  expect((await again.recall(candidate('1.0.0', { precision: 'f16' }), reference)).trials).toEqual([]);
  for (const changed of [
    { store, model: bytes(2), host },
    { store, model: bytes(1), host: withDriver('575.51.02') },
    { store, model: bytes(1), host, policy: { speed: { maximumRatio: 2 } } },
    {
      store,
      model: bytes(1),
      host,
      artifacts: { alpha: [{ name: 'library', present: true, problem: null }] },
    },
  ]) {
    const other = await openTrialMemory(changed);
    expect((await other.recall(candidate(), reference)).trials).toEqual([]);
  }
});
