import type { BackendV1 } from '@switchyard/core';
import { createRegistry, makeTensor } from '@switchyard/core';
import { identityModel } from '@switchyard/onnx/testing';
import { createRuntime } from '@switchyard/runtime';
import { describe, expect, it } from 'vitest';
import { createOldBackend } from './__fixtures__/contract-v1/old-backend.ts';

// A plugin whose types are a frozen copy of the first contract. docs/contract-policy.md promises that it goes on working.

// The compiler compares every member: the frozen contract has to fit into that of today.
const offered: BackendV1 = createOldBackend();
const model = { bytes: identityModel(), name: 'identity' };
const settings = { settings: [], cache: null } as const;

describe('a plugin of the first contract', () => {
  it('registers under its id and alias, as it is', () => {
    const registry = createRegistry([offered]);
    expect(registry.known().map(({ state }) => state)).toEqual(['installed']);
    expect(registry.get('old-npu')).toBe(offered);
  });

  it.each(['inline', 'thread', 'process'] as const)(
    'is chosen by its alias, opens and runs %s',
    async (isolation) => {
      await using runtime = await createRuntime({ backends: [offered], ...settings });
      const request = { backend: 'old', options: { turns: 2 }, isolation };
      await using session = await runtime.open(model, request);
      expect(session.selection.selected).toMatchObject({ backend: 'old-npu', device: 'old-npu:0' });
      const x = makeTensor('float32', [1, 2], [3, 4]);
      const { y } = await session.run({ x });
      expect(y).toEqual(x);
    },
  );

  it('is refused in its own words, and held to its own options', async () => {
    await using runtime = await createRuntime({ backends: [offered], ...settings });
    const open = (options: Readonly<Record<string, unknown>>) =>
      runtime.open(model, { backend: 'old-npu', options, isolation: 'inline' });
    await expect(open({ turns: 9 })).rejects.toMatchObject({ code: 'invalid-value' });
    await expect(open({ mode: 'fast' })).rejects.toThrow(/fast mode is broken/);
    const aix = { ...runtime.host, os: { ...runtime.host.os, platform: 'aix' } };
    await using elsewhere = await createRuntime({ backends: [offered], host: aix, ...settings });
    const report = await elsewhere.explain({ backend: 'old-npu' });
    expect(report.outcome).toBe('refused');
    expect(JSON.stringify(report)).toContain('There is no build for AIX.');
  });
});
