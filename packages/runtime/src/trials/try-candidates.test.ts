import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegistry, select, type SelectInput, type SettingStatement } from '@switchyard/core';
import { hostFactsOf, type MockBackend } from '@switchyard/core/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../store/open-store.ts';
import { fakeClock } from './__fixtures__/fake-clock.ts';
import { onDevice, scriptedBackend, type Script } from './__fixtures__/scripted-backend.ts';
import { createTrialMemory, type TrialMemory } from './trial-memory.ts';
import { tryCandidates, type TriedCandidates, type TryCandidatesRequest } from './try-candidates.ts';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-trials-'));
  store = openStore(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const source = { layer: 'flag', detail: 'made up' } as const;
const exact = (backend: string): SettingStatement => ({ kind: 'backend', backend, source });
const disable = (backend: string): SettingStatement => ({ kind: 'disable', backend, source });

interface Machine {
  readonly backends: readonly MockBackend[];
  readonly attempt: (
    more?: Partial<TryCandidatesRequest>,
    settings?: readonly SettingStatement[],
    trials?: SelectInput['trials'],
  ) => Promise<TriedCandidates>;
}

/** `alpha` is preferred to `beta`, which is preferred to `cpu`; `beta` is sound. */
function machine(alpha: Partial<Script>): Machine {
  const clock = fakeClock();
  const backends = [
    scriptedBackend({ id: 'cpu', clock, runMs: () => 8 }),
    scriptedBackend({ id: 'beta', clock, rank: 5 }),
    scriptedBackend({ id: 'alpha', clock, rank: 10, ...alpha }),
  ];
  const registry = createRegistry(backends);
  return {
    backends,
    attempt: (more = {}, settings = [], trials = {}) =>
      tryCandidates({
        input: { known: registry.known(), host: hostFactsOf(), settings, trials },
        registry,
        model: { bytes: new Uint8Array(64), name: 'scripted' },
        open: (backend, model, context) => backend.doOpen(model, context),
        clock,
        ...more,
      }),
  };
}

const memoryOf = (driver = 'driver 1'): TrialMemory =>
  createTrialMemory({
    store,
    modelHash: 'a'.repeat(64),
    fingerprintOf: ({ backend }) => `${backend.manifest.id} ${driver}`,
  });
const opened = ({ backends }: Machine): number =>
  backends.reduce((sum, { calls }) => sum + calls.doOpen.length, 0);
const reported = ({ report }: TriedCandidates, id: string) =>
  report.candidates
    .find((candidate) => candidate.backend === id)
    ?.trials?.map(({ trial, state }) => `${trial} ${state}`);

describe('an automatic choice has to prove itself', () => {
  it('a sound first candidate stays, and the choice is measured', async () => {
    const tried = await machine({}).attempt();
    expect(tried.report).toMatchObject({
      selected: { backend: 'alpha' },
      basis: 'measured',
      degraded: false,
      warnings: [],
    });
    expect(reported(tried, 'alpha')).toEqual(['placement passed', 'parity passed', 'speed passed']);
    expect(reported(tried, 'beta')).toBeUndefined();
    expect(Object.keys(tried.figures)).toEqual(['alpha']);
    expect(select(tried.input)).toEqual(tried.report);
  });

  it.each([
    ['all nodes on the CPU', { placement: onDevice('alpha', 0, null) }, 'trial-placement', /0 of 10 nodes/],
    [
      'finite wrong numbers',
      { change: (value: number) => value + 1 },
      'trial-parity',
      /4 of 4 elements.*1 absolute/,
    ],
    [
      'wrong only for batch > 1',
      { change: (value: number, { row }: { row: number }) => value + row },
      'trial-parity',
      /With batch 3/,
    ],
    ['NaN', { change: () => Number.NaN }, 'trial-parity', /NaN against/],
    ['throwing in a run', { throws: new Error('boom') }, 'trial-parity', /boom/],
    ['throwing at opening', { refuses: new Error('bang') }, 'trial-placement', /bang/],
    ['three times slower', { runMs: () => 24 }, 'trial-speed', /3 times the CPU/],
    ['a warm run that never ends', { hangsAt: 8 }, 'trial-speed', /had not ended/],
  ] as const)(
    '%s: the next candidate runs, with the figures in the report',
    async (_name, script, code, figures) => {
      const tried = await machine(script).attempt();
      expect(tried.report).toMatchObject({ selected: { backend: 'beta' }, degraded: true });
      const alpha = tried.report.candidates.find((candidate) => candidate.backend === 'alpha')!;
      expect(alpha).toMatchObject({ status: 'rejected', reasons: [{ code }] });
      expect(alpha.reasons[0]!.message).toMatch(figures);
      expect(tried.report.warnings[0]!.message).toMatch(figures);
      expect(Object.keys(tried.figures).toSorted()).toEqual(['alpha', 'beta']);
    },
  );

  it('a first run that never ends is no verdict: the choice stands on preference, and says so', async () => {
    const tried = await machine({ hangsAt: 1 }).attempt();
    expect(tried.report).toMatchObject({
      selected: { backend: 'alpha' },
      basis: 'platform-preference',
      warnings: [{ message: expect.stringContaining('120 s for all trials were spent') }],
    });
    expect(reported(tried, 'alpha')).toEqual(['placement passed', 'parity not-run', 'speed not-run']);
  });

  it('`fallback: error` refuses instead of moving on', async () => {
    const strict: SettingStatement = { kind: 'fallback', policy: 'error', source };
    const tried = await machine({ runMs: () => 24 }).attempt({}, [strict]);
    expect(tried.report).toMatchObject({ selected: null, refusal: { code: 'fallback-refused' } });
  });

  it('cpu alone needs no trials', async () => {
    const alone = machine({});
    const tried = await alone.attempt({}, [disable('alpha'), disable('beta')]);
    expect(tried.report.selected?.backend).toBe('cpu');
    expect(opened(alone)).toBe(0);
  });

  it('without the CPU there is nothing to compare with', async () => {
    const tried = await machine({}).attempt({}, [disable('cpu')]);
    expect(tried.report).toMatchObject({ selected: { backend: 'alpha' }, basis: 'platform-preference' });
    expect(tried.report.warnings[0]!.message).toMatch(/`cpu` may not or cannot run/);
  });
});

describe('`--trials`', () => {
  it('off tries nothing and says so', async () => {
    const slow = machine({ runMs: () => 24 });
    const tried = await slow.attempt({ mode: 'off' });
    expect(tried.report).toMatchObject({
      selected: { backend: 'alpha' },
      basis: 'platform-preference',
      warnings: [],
    });
    expect(reported(tried, 'alpha')).toEqual(['placement not-run', 'parity not-run', 'speed not-run']);
    expect(opened(slow)).toBe(0);
  });

  it('placement tries that only', async () => {
    const tried = await machine({ runMs: () => 24 }).attempt({ mode: 'placement' });
    expect(tried.report).toMatchObject({ selected: { backend: 'alpha' }, basis: 'platform-preference' });
    expect(reported(tried, 'alpha')).toEqual(['placement passed', 'parity not-run', 'speed not-run']);
    const elsewhere = await machine({ placement: onDevice('alpha', 0, null) }).attempt({ mode: 'placement' });
    expect(elsewhere.report.selected?.backend).toBe('beta');
  });
});

describe('a request by name', () => {
  it('skips trials, whatever was learned for automatic choices', async () => {
    const slow = machine({ runMs: () => 24 });
    const memory = memoryOf();
    const learned = await slow.attempt({ memory });
    expect(learned.report.selected?.backend).toBe('beta');
    const before = opened(slow);
    const tried = await slow.attempt({ memory }, [exact('alpha')], learned.input.trials);
    expect(tried.report).toMatchObject({ selected: { backend: 'alpha' }, basis: 'requested', warnings: [] });
    expect(tried.report.candidates[0]!.trials![0]!.detail).toMatch(/--verify/);
    expect(opened(slow)).toBe(before);
  });

  it('is refused with the figures when it asks to be verified and fails', async () => {
    const tried = await machine({ runMs: () => 24 }).attempt({ verify: true }, [exact('alpha')]);
    expect(tried.report).toMatchObject({
      selected: null,
      refusal: { code: 'trial-speed', message: expect.stringContaining('3 times the CPU') },
    });
    const sound = await machine({}).attempt({ verify: true }, [exact('alpha')]);
    expect(sound.report).toMatchObject({ selected: { backend: 'alpha' }, basis: 'requested' });
  });
});

describe('what is remembered', () => {
  it('a second start repeats nothing; a changed driver tries again', async () => {
    const slow = machine({ runMs: () => 24 });
    const first = await slow.attempt({ memory: memoryOf() });
    const before = opened(slow);
    expect(before).toBe(4);
    const second = await slow.attempt({ memory: memoryOf() });
    expect(opened(slow)).toBe(before);
    expect(second.report).toEqual(first.report);
    expect(second.figures).toEqual({});
    const changed = await slow.attempt({ memory: memoryOf('driver 2') });
    expect(opened(slow)).toBe(before * 2);
    expect(changed.report.selected?.backend).toBe('beta');
  });

  it('explaining runs nothing: it shows what is remembered, and what was not tried yet', async () => {
    const sound = machine({});
    const before = await sound.attempt({ memory: memoryOf(), run: false });
    expect(reported(before, 'alpha')).toEqual(['placement not-run', 'parity not-run', 'speed not-run']);
    expect(before.report.basis).toBe('platform-preference');
    expect(opened(sound)).toBe(0);
    await sound.attempt({ memory: memoryOf() });
    const after = await sound.attempt({ memory: memoryOf(), run: false });
    expect(after.report.basis).toBe('measured');
    expect(after.report.candidates[0]!.trials![0]).toMatchObject({
      state: 'passed',
      when: '2026-11-22T00:00:00.000Z',
    });
  });

  it('only what is missing is run when more is asked for later', async () => {
    const sound = machine({});
    await sound.attempt({ memory: memoryOf(), mode: 'placement' });
    const tried = await sound.attempt({ memory: memoryOf() });
    expect(tried.report.basis).toBe('measured');
    expect(tried.figures['alpha']).toMatchObject({ placement: null, speed: { ratio: 0.25 } });
  });

  it('trials without a verdict are remembered for a day, or until there are real inputs', async () => {
    const hanging = machine({ hangsAt: 1 });
    const memory = memoryOf();
    await hanging.attempt({ memory });
    const before = opened(hanging);
    await hanging.attempt({ memory });
    expect(opened(hanging)).toBe(before);
    store = openStore(folder, { now: () => Date.now() + 25 * 60 * 60 * 1000 });
    const later = await hanging.attempt({ memory: memoryOf() });
    expect(opened(hanging)).toBe(before + 2);
    expect(later.report.basis).toBe('measured');
  });

  it('what is damaged is not remembered', async () => {
    const sound = machine({});
    const damaged: TrialMemory = createTrialMemory({
      store: {
        ...store,
        read: async () => ({
          value: { trials: [{ trial: 'speed', passed: false }], notRun: [], inputs: 'given' },
          recordedAt: new Date(),
          ageMs: 0,
        }),
      },
      modelHash: 'b',
      fingerprintOf: () => 'same',
    });
    const tried = await sound.attempt({ memory: damaged });
    expect(tried.report.basis).toBe('measured');
    expect(opened(sound)).toBe(2);
  });
});
