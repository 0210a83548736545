import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCpuBackend } from '@switchyard/backend-cpu';
import { createCudaBackend } from '@switchyard/backend-cuda';
import { createOpenvinoBackend } from '@switchyard/backend-openvino';
import { createRegistry, select, type BackendV1, type HostFacts } from '@switchyard/core';
import { readHostFacts } from '@switchyard/core/host';
import { hostFactsOf, mockBackend } from '@switchyard/core/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../store/open-store.ts';
import { recorded, survivors } from './__fixtures__/ended-processes.ts';
import { createFaultyBackend, type FaultPlan } from './__fixtures__/faulty-backend.ts';
import { probeAll, probeOutcomes, type ProbeAllRequest, type ProbeReport } from './probe-all.ts';
import { probeBackend } from './probe-backend.ts';

let folder: string;
let pids: string;
let store: Store;
let warnings: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-probe-all-'));
  pids = join(folder, 'pids');
  warnings = [];
  store = openStore(join(folder, 'cache'), { onWarning: (message) => warnings.push(message) });
});
afterEach(async () => {
  expect(await survivors(pids)).toEqual([]);
  expect(warnings).toEqual([]);
  rmSync(folder, { recursive: true });
});

const host = hostFactsOf();
const faulty = (plan: Omit<FaultPlan, 'pids'>): BackendV1 => createFaultyBackend({ ...plan, pids });
const all = (
  backends: readonly BackendV1[],
  change: Partial<ProbeAllRequest> = {},
): Promise<readonly ProbeReport[]> =>
  probeAll({ registry: createRegistry(backends), host, store, ...change });
const states = (reports: readonly ProbeReport[]): string[] =>
  reports.map(({ backend, state }) => `${backend} ${state}`);

describe('what is remembered', () => {
  it('is not tried again, until it is asked for or the machine is another', async () => {
    const backends = [faulty({ fault: 'none' })];
    expect(states(await all(backends))).toEqual(['faulty probed']);
    const [again] = await all(backends);
    expect(again).toMatchObject({ state: 'remembered', outcome: { ok: true } });
    expect(again?.state === 'remembered' && again.ageMs).toBeGreaterThanOrEqual(0);
    expect(recorded(pids)).toHaveLength(1);
    expect(states(await all(backends, { refresh: true }))).toEqual(['faulty probed']);

    const withDriver = (version: string): HostFacts =>
      hostFactsOf({
        nvidia: { ...host.nvidia, driverVersion: { known: true, value: version, source: 'a test' } },
      });
    expect(states(await all(backends, { host: withDriver('570.1') }))).toEqual(['faulty probed']);
    expect(states(await all(backends, { host: withDriver('570.1') }))).toEqual(['faulty remembered']);
    expect(states(await all(backends, { host: withDriver('570.2') }))).toEqual(['faulty probed']);
    const withMemory = hostFactsOf({
      memory: { ...host.memory, totalBytes: { known: true, value: 1, source: 'a test' } },
    });
    expect(states(await all(backends, { host: withMemory }))).toEqual(['faulty remembered']);
    expect(recorded(pids)).toHaveLength(4);
  });

  it('a failure is remembered, a timeout is not', async () => {
    const backends = [
      faulty({ fault: 'segfault', id: 'crashing' }),
      faulty({ fault: 'hang', id: 'hanging' }),
    ];
    const deadlines = { engine: 500 };
    const first = await all(backends, { deadlines });
    expect(first).toMatchObject([
      { outcome: { ok: false, reason: { code: 'probe-crashed' } } },
      { outcome: { ok: false, reason: { code: 'probe-timeout' } } },
    ]);
    expect(states(await all(backends, { deadlines }))).toEqual(['crashing remembered', 'hanging probed']);
  });

  it('a folder that cannot be written costs a warning and no answer', async () => {
    const nowhere = openStore(join(process.execPath, 'cache'), {
      onWarning: (message) => warnings.push(message),
    });
    const [report] = await all([faulty({ fault: 'none' })], { store: nowhere });
    expect(report).toMatchObject({ state: 'probed', outcome: { ok: true } });
    expect(warnings.splice(0)).toHaveLength(1);
  });
});

describe('what is tried', () => {
  it('no backend that cannot run here, is broken, or is not here', async () => {
    const reason = {
      code: 'hardware-absent',
      message: 'There is no GPU.',
      evidence: [],
      remedy: null,
    } as const;
    const backends = [
      mockBackend({
        manifest: { id: 'absent' },
        predicate: () => ({ eligible: 'no', reasons: [reason], devices: [] }),
      }),
      mockBackend({
        manifest: { id: 'broken' },
        predicate: () => {
          throw new Error('boom');
        },
      }),
      faulty({ fault: 'none' }),
    ];
    const registry = createRegistry(backends);
    registry.add({ state: 'not-listed', id: 'third', package: { name: 'third', version: '1.0.0' } });
    const reports = await all([], { registry });
    expect(states(reports)).toEqual(['absent skipped', 'broken skipped', 'faulty probed', 'third skipped']);
    for (const report of reports) if (report.state === 'skipped') expect(report.why).toMatch(/\.$/);
    expect(reports[0]).toMatchObject({ why: 'There is no GPU.' });
    expect(Object.keys(probeOutcomes(reports))).toEqual(['faulty']);
    expect(states(await all([], { registry, ids: ['third'] }))).toEqual(['third skipped']);
  });

  it('two at a time', async () => {
    let running = 0;
    let most = 0;
    const backends = ['a', 'b', 'c', 'd', 'e'].map((id) => faulty({ fault: 'none', id }));
    await all(backends, {
      onLevel: (_backend, level, ended) => {
        if (level === 'module' && ended === null) running += 1;
        most = Math.max(most, running);
        if (level === 'placement' && ended !== null) running -= 1;
      },
    });
    expect(running).toBe(0);
    expect(most).toBeLessThanOrEqual(2);
    expect(recorded(pids)).toHaveLength(5);
  });
});

describe('real backends', () => {
  it('the CPU works, on every level, and selection takes the outcome', async () => {
    const facts = await readHostFacts();
    const registry = createRegistry([createCpuBackend()]);
    const [report] = await probeAll({ registry, host: facts, store });
    if (report?.state !== 'probed') throw new Error('It was not probed.');
    expect(report.record).toMatchObject({
      status: 'ok',
      isolation: 'process',
      devices: [{ id: 'cpu', kind: 'cpu' }],
    });
    expect(report.record.levels.map(({ level, status }) => `${level} ${status}`)).toEqual([
      'artifacts ok',
      'module ok',
      'engine ok',
      'devices ok',
      'model ok',
      'placement ok',
    ]);
    expect(report.record.summary).toContain('onnxruntime-node');
    expect(report.record.levels.at(-1)?.placement?.complete).toBe(true);
    const selection = select({
      known: registry.known(),
      host: facts,
      settings: [],
      probes: probeOutcomes([report]),
    });
    expect(selection.candidates[0]?.gates.working).toBe('yes');
    expect(readdirSync(folder)).toEqual(['cache']);
  });

  it.skipIf(process.platform !== 'linux')(
    'engines whose files are not here are found out without loading them',
    async () => {
      const facts = await readHostFacts();
      const tried: string[] = [];
      for (const backend of [createCudaBackend(), createOpenvinoBackend({ baseDirectory: folder })]) {
        const missing = (await backend.doArtifacts?.(facts))?.find(({ problem }) => problem !== null);
        if (missing === undefined) continue;
        tried.push(backend.manifest.id);
        const record = await probeBackend({ backend, host: facts });
        expect(record).toMatchObject({ status: 'failed', isolation: 'none', reason: missing.problem });
        expect(['artifact-missing', 'package-missing']).toContain(record.reason?.code);
        expect(record.levels.map(({ level }) => level)).toEqual(['artifacts']);
      }
      // CUDA's files may be here; OpenVINO was looked for in an empty folder.
      expect(tried).toContain('openvino');
    },
  );
});
