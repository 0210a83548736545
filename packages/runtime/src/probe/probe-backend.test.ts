import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ExecutionError, REASON_CODES, type BackendV1 } from '@switchyard/core';
import { hostFactsOf } from '@switchyard/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recorded, survivors } from './__fixtures__/ended-processes.ts';
import { createFaultyBackend, type Fault, type FaultPlan } from './__fixtures__/faulty-backend.ts';
import { probeBackend, type ProbeBackendRequest } from './probe-backend.ts';
import { probeOutcome, type ProbeRecord } from './probe-record.ts';

let folder: string;
let pids: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-probe-'));
  pids = join(folder, 'pids');
});
afterAll(async () => {
  // Every process that a test started is gone, and nothing was left beside the list of them.
  expect(recorded(pids)).not.toEqual([]);
  expect(await survivors(pids)).toEqual([]);
  expect(readdirSync(folder)).toEqual(['pids']);
  rmSync(folder, { recursive: true });
});

const host = hostFactsOf();
const probe = (
  plan: Omit<FaultPlan, 'pids'>,
  request: Partial<ProbeBackendRequest> = {},
): Promise<ProbeRecord> =>
  probeBackend({ backend: createFaultyBackend({ ...plan, pids }), host, ...request });

function expectSound(record: ProbeRecord): void {
  expect(record.summary).not.toBe('');
  expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  const reasons = [record.reason, ...record.levels.map(({ reason }) => reason)].filter(
    (reason) => reason !== null,
  );
  for (const { code, message } of reasons) {
    expect(Object.keys(REASON_CODES)).toContain(code);
    expect(message).toMatch(/\.$/);
  }
}

const statuses = ({ levels }: ProbeRecord): string[] =>
  levels.map(({ level, device, status }) => `${level}${device === null ? '' : ` ${device}`}: ${status}`);

describe('a backend that works', () => {
  it('passes every level, in order, and is told about', async () => {
    const told: string[] = [];
    const record = await probe(
      { fault: 'none' },
      { onLevel: (level, ended) => told.push(`${level} ${ended === null ? 'begins' : ended.status}`) },
    );
    expectSound(record);
    expect(record).toMatchObject({
      status: 'ok',
      isolation: 'process',
      reason: null,
      evidence: { exitCode: 0, signal: null },
    });
    expect(statuses(record)).toEqual([
      'artifacts: ok',
      'module: ok',
      'engine: ok',
      'devices: ok',
      'model faulty:0: ok',
      'placement faulty:0: ok',
    ]);
    expect(told).toEqual(
      ['artifacts', 'module', 'engine', 'devices', 'model', 'placement'].flatMap((level) => [
        `${level} begins`,
        `${level} ok`,
      ]),
    );
    expect(probeOutcome(record)).toEqual({
      ok: true,
      devices: record.devices,
      evidence: record.summary,
      when: record.recordedAt,
    });
  });

  it('says what is software, and leaves the decision to selection', async () => {
    const record = await probe({ fault: 'software' });
    expect(record.devices).toMatchObject([{ id: 'faulty:0', software: true }]);
    expect(record.levels.find(({ level }) => level === 'devices')?.note).toContain('emulation');
  });

  it('an engine that does not account for every node is not said to be strict', async () => {
    const record = await probe({ fault: 'incomplete' });
    expect(record.status).toBe('ok');
    expect(statuses(record).at(-1)).toBe('placement faulty:0: unknown');
  });

  it('stdout is not believed and kept, and a flood of output is cut to its end', async () => {
    const junk = await probe({ fault: 'stdout-junk' });
    expect(junk.status).toBe('ok');
    expect(junk.evidence.stdout).toContain('"type":"done"');
    const flood = await probe({ fault: 'flood' });
    expect(flood.status).toBe('ok');
    expect(flood.evidence.stderr).toMatch(/^e+\nlast words$/);
    expect(flood.evidence.stderr.length).toBeLessThanOrEqual(4096);
    expect(flood.evidence.stdout.length).toBe(1024);
  });

  it('one that crashes only after it has answered works, and its end is kept', async () => {
    const record = await probe({ fault: 'crash-at-exit' });
    expect(record).toMatchObject({ status: 'ok', evidence: { exitCode: null, signal: 'SIGABRT' } });
  });
});

describe('a process that ends', () => {
  it.each<[Fault, FaultPlan['at'], string]>([
    ['segfault', 'engine', 'SIGSEGV'],
    ['segfault', 'devices', 'SIGSEGV'],
    ['abort', 'model', 'SIGABRT'],
    ['abort', 'module', 'SIGABRT'],
    ['exit-0', 'engine', 'status 0 before it had answered'],
    ['exit-7', 'model', 'status 7'],
    ['unhandled', 'engine', 'status 1'],
  ])('%s in the level %s', async (fault, at, how) => {
    const record = await probe({ fault, at: at! });
    expectSound(record);
    expect(record).toMatchObject({ status: 'crashed', devices: [], reason: { code: 'probe-crashed' } });
    expect(record.reason?.message).toContain(how);
    expect(record.reason?.message).toContain(`in the level \`${at}\``);
    expect(record.levels.at(-1)).toMatchObject({ level: at, status: 'crashed' });
  });

  it('leaves what it said last', async () => {
    const record = await probe({ fault: 'segfault' });
    expect(record.evidence).toMatchObject({ signal: 'SIGSEGV', stderr: 'about to read address 0' });
    expect(record.reason?.evidence).toContainEqual({
      path: 'probe.stderr',
      value: 'about to read address 0',
    });
    const unhandled = await probe({ fault: 'unhandled' });
    expect(unhandled.evidence.stderr).toContain('thrown from nowhere');
  });

  it.each<[Fault, ProbeRecord['status']]>([
    ['child-and-crash', 'crashed'],
    ['child-and-go-on', 'ok'],
  ])('takes what it started with it: %s', async (fault, status) => {
    const record = await probe({ fault });
    expect(record.status).toBe(status);
    expect(await survivors(pids)).toEqual([]);
  });

  it('is ended before it fills the memory of the machine', async () => {
    const record = await probe({ fault: 'fill-memory' }, { memoryLimitBytes: 512 * 1024 ** 2 });
    expect(record.reason?.code).toBe('probe-crashed');
    expect(record.reason?.message).toMatch(/held \d+ bytes of memory/);
  });
});

describe('a process that does not end', () => {
  it.each<[Fault, FaultPlan['at']]>([
    ['hang', 'engine'],
    ['loop', 'engine'],
    ['stop', 'engine'],
    ['child-and-hang', 'devices'],
    ['hang', 'model'],
  ])('%s in the level %s', async (fault, at) => {
    const record = await probe({ fault, at: at! }, { deadlines: { engine: 700, devices: 700, model: 700 } });
    expectSound(record);
    expect(record).toMatchObject({
      status: 'timeout',
      reason: { code: 'probe-timeout' },
      evidence: { signal: 'SIGKILL' },
    });
    expect(record.levels.at(-1)).toMatchObject({ level: at, status: 'timeout' });
  });

  it('the whole probe has a deadline too', async () => {
    const record = await probe({ fault: 'hang' }, { deadlines: { total: 1500 } });
    expect(record.reason).toMatchObject({
      code: 'probe-timeout',
      message: expect.stringContaining('within 1.5 s'),
    });
  });

  it('an endless deadline is one, and a senseless one is refused', async () => {
    const deadlines = { engine: Infinity, total: Infinity };
    expect((await probe({ fault: 'none' }, { deadlines })).status).toBe('ok');
    await expect(probe({ fault: 'none' }, { deadlines: { engine: Number.NaN } })).rejects.toThrow(RangeError);
    await expect(probe({ fault: 'none' }, { deadlines: { total: 0 } })).rejects.toThrow(RangeError);
  });

  it('is ended when the callback of the caller throws, and the caller gets what it threw', async () => {
    const thrown = new Error('not in the mood');
    const onLevel: ProbeBackendRequest['onLevel'] = (level) => {
      if (level === 'engine') throw thrown;
    };
    await expect(probe({ fault: 'loop' }, { onLevel })).rejects.toBe(thrown);
    expect(await survivors(pids)).toEqual([]);
  });

  it('is ended when the caller aborts', async () => {
    const controller = new AbortController();
    const onLevel: ProbeBackendRequest['onLevel'] = (level, ended) => {
      if (level === 'engine' && ended === null) controller.abort(new Error('no longer wanted'));
    };
    const aborted = probe({ fault: 'loop' }, { signal: controller.signal, onLevel });
    await expect(aborted).rejects.toSatisfy(
      (error) => ExecutionError.isInstance(error) && error.code === 'aborted',
    );
    await expect(probe({ fault: 'none' }, { signal: controller.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(await survivors(pids)).toEqual([]);
  });

  it('dies with its parent, also when native code would hold it', async () => {
    const before = recorded(pids).length;
    const program = join(import.meta.dirname, '__fixtures__/probe-until-killed.ts');
    const parent = spawn(process.execPath, ['--conditions=@switchyard/source', program, pids], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(parent.stdout, 'data');
    expect(recorded(pids)).toHaveLength(before + 1);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    expect(await survivors(pids)).toEqual([]);
  });
});

describe('a plugin that breaks its contract', () => {
  it.each<[Fault, string]>([
    ['junk-answer', 'not JSON'],
    ['endless-answer', 'more was written'],
    ['forged-answer', 'inside another'],
    ['throw', 'out of luck'],
    ['reject-undefined', 'threw'],
    ['nonsense', 'threw'],
  ])('%s', async (fault, words) => {
    const record = await probe({ fault });
    expectSound(record);
    expect(record).toMatchObject({ status: 'failed', reason: { code: 'plugin-bug' } });
    expect(record.reason?.message).toContain(words);
  });

  it.each<[string, Partial<NonNullable<BackendV1['origin']>>, string, string]>([
    ['no module', { module: pathToFileURL('/nowhere/backend.js').href }, 'plugin-bug', 'nowhere'],
    [
      'a module that throws',
      { module: new URL('__fixtures__/throws-on-import.ts', import.meta.url).href },
      'plugin-bug',
      'imports should do nothing',
    ],
    ['no factory', { factory: 'notAFunction' }, 'plugin-bug', 'is no function'],
    ['another backend', { factory: 'createAnother' }, 'plugin-bug', 'makes the backend `another`'],
    ['another contract', { factory: 'createOfTomorrow' }, 'api-mismatch', 'v9'],
  ])('an origin with %s', async (_what, change, code, words) => {
    const backend = createFaultyBackend({ fault: 'none', pids });
    const record = await probeBackend({
      backend: { ...backend, origin: { ...backend.origin!, ...change } },
      host,
    });
    expectSound(record);
    expect(record).toMatchObject({ status: 'failed', reason: { code } });
    expect(record.reason?.message).toContain(words);
    expect(record.levels.at(-1)?.level).toBe('module');
  });
});

describe('an engine that does not work', () => {
  it('keeps the reason that it gave', async () => {
    const record = await probe({ fault: 'engine-error', at: 'model' });
    expect(record).toMatchObject({
      status: 'failed',
      reason: { code: 'driver-mismatch', remedy: 'Update it.' },
    });
    expect(probeOutcome(record)).toEqual({ ok: false, reason: record.reason, when: record.recordedAt });
  });

  it.each<[Fault, string, string]>([
    ['wrong-numbers', 'model', '[8.5, 0, 2.5, NaN] instead of [8.5, 0, 2.25, 0]'],
    ['other-device', 'model', '`faulty:7`'],
    ['strict-refused', 'placement', 'cannot run on the device'],
    ['all-on-cpu', 'placement', 'all of its nodes are on the CPU'],
  ])('%s is found by the level %s', async (fault, level, words) => {
    const record = await probe({ fault });
    expectSound(record);
    expect(record).toMatchObject({ status: 'failed', devices: [] });
    expect(record.reason?.message).toContain(words);
    expect(record.levels.at(-1)).toMatchObject({ level, status: 'failed' });
  });

  it.each(['missing', 'throws'] as const)('files: %s, and no process is started', async (artifact) => {
    const before = recorded(pids).length;
    const record = await probe({ fault: 'none', artifact });
    expect(record).toMatchObject({
      status: 'failed',
      isolation: 'none',
      reason: { code: artifact === 'missing' ? 'artifact-missing' : 'plugin-bug' },
    });
    expect(recorded(pids)).toHaveLength(before);
  });
});

describe('several devices', () => {
  const devices = ['faulty:0', 'faulty:1', 'faulty:2'];

  it('one that ends the process is left out, and the others are tried in another', async () => {
    const record = await probe({ fault: 'segfault', at: 'model', on: 'faulty:1', devices });
    expectSound(record);
    expect(record.status).toBe('ok');
    expect(record.devices.map(({ id }) => id)).toEqual(['faulty:0', 'faulty:2']);
    expect(record.summary).toContain('SIGSEGV');
    expect(statuses(record)).toEqual([
      'artifacts: ok',
      'module: ok',
      'engine: ok',
      'devices: ok',
      'model faulty:0: ok',
      'placement faulty:0: ok',
      'model faulty:1: crashed',
      'model faulty:2: ok',
      'placement faulty:2: ok',
    ]);
  });

  it('one that does not end is left out', async () => {
    const record = await probe(
      { fault: 'loop', at: 'model', on: 'faulty:0', devices },
      { deadlines: { model: 700 } },
    );
    expect(record.devices.map(({ id }) => id)).toEqual(['faulty:1', 'faulty:2']);
    expect(record.levels.find(({ device }) => device === 'faulty:0')).toMatchObject({ status: 'timeout' });
  });

  it('none that works is the failure of the first', async () => {
    const record = await probe({ fault: 'abort', at: 'model', devices });
    expect(record).toMatchObject({ status: 'crashed', devices: [] });
    expect(record.levels.filter(({ status }) => status === 'crashed')).toHaveLength(3);
  });
});

describe('a backend that does not say where its code is', () => {
  const withoutOrigin = (plan: Omit<FaultPlan, 'pids'>): BackendV1 => {
    const { origin: _, ...backend } = createFaultyBackend({ ...plan, pids });
    return backend;
  };

  it('is tried in this process where it may be, and the record says so', async () => {
    const record = await probeBackend({ backend: withoutOrigin({ fault: 'none' }), host });
    expectSound(record);
    expect(record).toMatchObject({ status: 'ok', isolation: 'inline' });
    expect(statuses(record)).toEqual([
      'artifacts: ok',
      'engine: ok',
      'devices: ok',
      'model faulty:0: ok',
      'placement faulty:0: ok',
    ]);
  });

  it.each<[Fault, string, string]>([
    ['throw', 'failed', 'plugin-bug'],
    ['nonsense', 'failed', 'plugin-bug'],
    ['engine-error', 'failed', 'driver-mismatch'],
    ['hang', 'timeout', 'probe-timeout'],
  ])('%s there is %s', async (fault, status, code) => {
    const backend = withoutOrigin({ fault });
    const record = await probeBackend({ backend, host, deadlines: { engine: 300 } });
    expectSound(record);
    expect(record).toMatchObject({ status, isolation: 'inline', reason: { code } });
  });

  it('is not tried where it may not be', async () => {
    const record = await probeBackend({
      backend: withoutOrigin({ fault: 'none', minimum: 'process' }),
      host,
    });
    expectSound(record);
    expect(record).toMatchObject({ status: 'unknown', isolation: 'none', reason: null, devices: [] });
    expect(record.summary).toContain('origin');
    expect(probeOutcome(record)).toBeNull();
  });
});
