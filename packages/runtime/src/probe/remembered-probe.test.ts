import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reason } from '@switchyard/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../store/open-store.ts';
import { NO_EVIDENCE, type ProbeLevel, type ProbeLevelStatus, type ProbeRecord } from './probe-record.ts';
import { rememberedProbe, rememberProbe } from './remembered-probe.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let folder: string;
let now: number;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-remembered-'));
  now = Date.now();
  store = openStore(folder, { now: () => now });
});
afterEach(() => rmSync(folder, { recursive: true }));

const reasonOf = (code: Reason['code']): Reason => ({
  code,
  message: `It is ${code}.`,
  evidence: [],
  remedy: null,
});
const device = { id: 'gpu:0', name: 'GPU', kind: 'gpu', software: false } as const;
const level = (status: ProbeLevelStatus, reason: Reason | null = null): ProbeLevel => ({
  level: 'model',
  device: 'gpu:1',
  status,
  reason,
  note: 'It was tried.',
  devices: [],
  placement: null,
  durationMs: 1,
});

function record(
  status: ProbeLevelStatus,
  code: Reason['code'] | null,
  levels: readonly ProbeLevel[] = [],
): ProbeRecord {
  return {
    schema: 1,
    backend: 'gpu',
    package: { name: '@test/gpu', version: '1.0.0' },
    isolation: 'process',
    recordedAt: '2026-11-22T12:00:00.000Z',
    durationMs: 5,
    status,
    summary: 'It was tried.',
    devices: status === 'ok' ? [device] : [],
    reason: code === null ? null : reasonOf(code),
    levels,
    evidence: NO_EVIDENCE,
  };
}

describe('how long a probe counts', () => {
  it.each<[string, ProbeRecord, number]>([
    ['a success', record('ok', null), 30 * DAY],
    ['a success of which one level is not known', record('ok', null, [level('unknown')]), 30 * DAY],
    [
      'a success without one of the devices',
      record('ok', null, [level('crashed', reasonOf('probe-crashed'))]),
      10 * MINUTE,
    ],
    ['a failure', record('failed', 'probe-failed'), 10 * MINUTE],
    ['a missing file', record('failed', 'artifact-missing'), 10 * MINUTE],
    ['a crash', record('crashed', 'probe-crashed'), 10 * MINUTE],
  ])('%s', async (_what, probe, lifetime) => {
    expect(await rememberProbe(store, 'f', probe)).toBe(true);
    const recordedAt = now;
    now += lifetime;
    const remembered = await rememberedProbe(store, 'f');
    expect(remembered).toMatchObject({ ageMs: lifetime, recordedAt: new Date(recordedAt), record: probe });
    expect(remembered?.outcome.ok).toBe(probe.status === 'ok');
    now += 1;
    expect(await rememberedProbe(store, 'f')).toBeNull();
  });

  it.each<[string, ProbeRecord]>([
    ['a timeout', record('timeout', 'probe-timeout')],
    ['a timeout of one device', record('ok', null, [level('timeout', reasonOf('probe-timeout'))])],
    ['what could not be tried', record('unknown', null)],
  ])('%s is never remembered, and does not replace what was', async (_what, probe) => {
    expect(await rememberProbe(store, 'f', probe)).toBe(false);
    expect(await store.list()).toEqual([]);
    await rememberProbe(store, 'f', record('ok', null));
    await rememberProbe(store, 'f', probe);
    expect((await rememberedProbe(store, 'f'))?.outcome.ok).toBe(true);
  });

  it('another fingerprint is another machine', async () => {
    await rememberProbe(store, 'f', record('ok', null));
    expect(await rememberedProbe(store, 'g')).toBeNull();
  });
});

it.each<[string, unknown]>([
  ['a text', 'ok'],
  ['another schema', { ...record('ok', null), schema: 2 }],
  ['no devices', { ...record('ok', null), devices: [] }],
  ['half a device', { ...record('ok', null), devices: [{ id: 'gpu:0' }] }],
  ['no reason', { ...record('failed', null) }],
  [
    'a made-up reason',
    { ...record('failed', null), reason: { code: 'because', message: 'So.', evidence: [], remedy: null } },
  ],
  ['a timeout', record('timeout', 'probe-timeout')],
  ['no levels', { ...record('ok', null), levels: null }],
])('a file that was edited to hold %s is not remembered', async (_what, value) => {
  await store.write('probe', 'f', value);
  expect(await rememberedProbe(store, 'f')).toBeNull();
});
