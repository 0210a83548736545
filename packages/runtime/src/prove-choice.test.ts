import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCpuBackend } from '@switchyard/backend-cpu';
import { makeTensor, tensorValues, type HostFacts, type SelectionReport } from '@switchyard/core';
import { readHostFacts } from '@switchyard/core/host';
import { hostFactsOf } from '@switchyard/core/testing';
import { mlpModel } from '@switchyard/onnx/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProvingBackend, type ProvingScript } from './__fixtures__/proving-backend.ts';
import { createRuntime, type Runtime, type RuntimeOptions } from './create-runtime.ts';

// Everything here really happens: the model, the engine, the processes, the files of the store.

let folder: string;
let model: string;
let log: string;
let host: HostFacts;
const x = makeTensor(
  'float32',
  [1, 64],
  Array.from({ length: 64 }, (_, index) => index / 64),
);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-proof-'));
  model = join(folder, 'mlp.onnx');
  log = join(folder, 'log');
  host = await readHostFacts();
  await writeFile(log, '');
  await writeFile(model, mlpModel([64, 2048, 2048, 8]));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function start(
  faults: readonly Omit<ProvingScript, 'log'>[],
  more: Partial<RuntimeOptions> = {},
): Promise<Runtime> {
  const backends = [createCpuBackend(), ...faults.map((script) => createProvingBackend({ ...script, log }))];
  return createRuntime({ backends, settings: [], host, cache: join(folder, 'cache'), ...more });
}

const opened = async (): Promise<number> =>
  (await readFile(log, 'utf8')).split('\n').filter((line) => line.endsWith('file')).length;
const of = (report: SelectionReport, id: string) => report.candidates.find(({ backend }) => backend === id)!;

describe('an automatic choice proves itself before its first run', { timeout: 180_000 }, () => {
  it.each([
    ['wrong', 'trial-parity'],
    ['wrong-above-one', 'trial-parity'],
    ['on-cpu', 'trial-placement'],
    ['slow', 'trial-speed'],
    ['crashes-on-probe', 'probe-crashed'],
  ] as const)('a backend that is %s is rejected by %s, and the next candidate runs', async (fault, code) => {
    const runtime = await start([
      { id: 'bad', rank: 10, fault },
      // Speed is judged by nobody here: both would compute on the same CPU.
      { id: 'disguised', rank: 5, fault: 'on-cpu' },
    ]);
    try {
      const session = await runtime.open(model);
      expect(of(session.selection, 'bad')).toMatchObject({ status: 'rejected', reasons: [{ code }] });
      expect(of(session.selection, 'disguised')).toMatchObject({
        reasons: [{ code: 'trial-placement' }],
      });
      expect(session.selection).toMatchObject({ selected: { backend: 'cpu' }, degraded: true });
      expect(session.selection.warnings.length).toBeGreaterThan(0);
      const { y } = await session.run({ x });
      expect(tensorValues(y!)).toHaveLength(8);
    } finally {
      await runtime.close();
    }
  });

  it('a second start repeats nothing, explains what it remembers, and a changed driver tries again', async () => {
    const faults = [{ id: 'bad', fault: 'wrong' }] as const;
    const first = await start(faults);
    const session = await first.open(model);
    await first.close();
    const after = await opened();
    expect(after).toBeGreaterThan(0);

    const second = await start(faults);
    const explained = await second.explain({}, model);
    expect(of(explained, 'bad')).toMatchObject({ status: 'rejected', reasons: [{ code: 'trial-parity' }] });
    expect(of(explained, 'bad').probe).toMatchObject({ ok: true, when: expect.any(String) });
    expect(of(explained, 'bad').reasons).toEqual(of(session.selection, 'bad').reasons);
    await second.open(model);
    await second.close();
    expect(await opened()).toBe(after);

    const nvidia = {
      driverVersion: { known: true, value: '999.1', source: 'changed by the test' },
      gpus: host.nvidia.gpus,
    } as const;
    const third = await start(faults, { host: hostFactsOf({ ...host, nvidia }) });
    await third.open(model);
    await third.close();
    expect(await opened()).toBeGreaterThan(after);
  });

  it('explain starts nothing and says that nothing was tried', async () => {
    const runtime = await start([{ id: 'good' }]);
    const report = await runtime.explain({}, model);
    expect(report.selected?.backend).toBe('good');
    expect(of(report, 'good').trials?.map(({ state }) => state)).toEqual(['not-run', 'not-run', 'not-run']);
    expect(of(report, 'good').probe).toBeUndefined();
    await runtime.close();
    expect(await opened()).toBe(0);
  });

  it('an exact request is not tried unless it is verified, and then a failed trial refuses it', async () => {
    const runtime = await start([{ id: 'bad', fault: 'wrong' }]);
    try {
      const session = await runtime.open(model, { backend: 'bad' });
      expect(session.selection.selected?.backend).toBe('bad');
      await expect(runtime.open(model, { backend: 'bad', verify: true })).rejects.toMatchObject({
        code: 'trial-parity',
      });
    } finally {
      await runtime.close();
    }
  });

  it('trials can be switched off, and the report says so', async () => {
    const runtime = await start([{ id: 'bad', fault: 'wrong' }], { trials: 'off' });
    try {
      const session = await runtime.open(model);
      expect(session.selection.selected?.backend).toBe('bad');
      expect(of(session.selection, 'bad').trials?.every(({ state }) => state === 'not-run')).toBe(true);
    } finally {
      await runtime.close();
    }
  });

  it('remembers nothing on disk where the cache is switched off', async () => {
    const runtime = await start([{ id: 'bad', fault: 'wrong' }], { cache: null });
    await runtime.open(model);
    const after = await opened();
    await runtime.open(model);
    // The same runtime still knows; nothing reached the disk.
    expect(await opened()).toBe(after);
    await runtime.close();
    expect(await runtime.store.list()).not.toEqual([]);
    await expect(readFile(join(folder, 'cache'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('calibrates what may run here, each in its own process, and ranks nobody', async () => {
    const runtime = await start([{ id: 'good' }]);
    const { backends, inputs } = await runtime.calibrate(model, { runs: 5 });
    await runtime.close();
    expect(inputs).toBe('generated');
    expect(backends.map(({ backend, problem, runs }) => [backend, problem, runs])).toEqual([
      ['good', null, 5],
      ['cpu', null, 5],
    ]);
    await expect(runtime.calibrate(model, { backends: ['nobody'] })).rejects.toMatchObject({
      code: 'unknown-backend',
    });
  });
});
