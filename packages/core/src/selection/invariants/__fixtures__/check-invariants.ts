import assert from 'node:assert/strict';
import type { SettingStatement } from '../../../settings/setting-statement.ts';
import { mockBackend } from '../../../testing/mock-backend.ts';
import { knownAliases, knownId } from '../../known-backend.ts';
import type { SelectInput } from '../../select-input.ts';
import type { SelectionReport } from '../../selection-report.ts';

export type Select = (input: SelectInput) => SelectionReport;

/**
 * The ten promises of docs/selection.md, section 8, checked from outside: what is expected is derived
 * from the statements as they were said, never from the code under test. `select` is a parameter so
 * that deliberately broken versions can be checked too. (10, nothing native, is `purity.test.ts`.)
 *
 * @param focus which of the known backends is asked for and switched off
 * @returns the report of the question as it is
 */
export function checkInvariants(select: Select, input: SelectInput, focus = 0): SelectionReport {
  // Generated hosts are frozen, so that changing them throws; the rest is compared.
  assert.ok(Object.isFrozen(input.host));
  const before = JSON.stringify({ ...input, host: null });
  const report = attempt(select, input);
  const text = JSON.stringify(report);
  assert.equal(JSON.stringify(attempt(select, input)), text, '9: the same inputs twice give equal reports');
  assert.equal(JSON.stringify({ ...input, host: null }), before, '9: inputs are not mutated');

  checkOptIn(input, report);
  checkOptIn({ ...input, settings: [] }, attempt(select, { ...input, settings: [] }));
  const focused = input.known[focus % Math.max(1, input.known.length)];
  if (focused !== undefined) {
    checkExact(select, input, knownId(focused));
    checkOff(select, input, knownId(focused));
  }
  checkOrder(select, input, text);
  checkBystander(select, input, report);
  checkTexts(report);
  checkNotRun(select, input, report);
  checkSoftware(input, report);
  checkConsistency(input, report);
  return report;
}

function attempt(select: Select, input: SelectInput): SelectionReport {
  try {
    return select(input);
  } catch (error) {
    return assert.fail(`8: selection threw ${String(error)}`);
  }
}

/** 1: an opt-in backend is only ever selected when some statement of the operator names it. */
function checkOptIn(input: SelectInput, report: SelectionReport): void {
  const id = report.selected?.backend;
  const known = input.known.find((one) => knownId(one) === id);
  if (id === undefined || known?.state !== 'installed' || !known.manifest.optIn) return;
  const names = [id, ...knownAliases(known)];
  const named = input.settings.some((statement) =>
    positivelyNames(statement).some((name) => names.includes(name)),
  );
  assert.ok(named, `1: the opt-in backend ${id} was selected though nobody named it`);
}

function positivelyNames(statement: SettingStatement): readonly string[] {
  switch (statement.kind) {
    case 'backend':
    case 'enable':
      return [statement.backend];
    case 'use':
      return statement.value ? [statement.backend] : [];
    case 'prefer':
      return statement.backends;
    case 'device':
      return [statement.device.split(':', 1)[0]!];
    case 'disable':
    case 'fallback':
    case 'plugin':
    case 'invalid':
      return [];
  }
}

/** 2: an exact request of the program, the strongest layer, yields that backend or nothing. */
function checkExact(select: Select, input: SelectInput, id: string): void {
  const source = { layer: 'api', detail: `backend: ${id}` } as const;
  const settings: readonly SettingStatement[] = [...input.settings, { kind: 'backend', backend: id, source }];
  const report = attempt(select, { ...input, settings });
  const chosen = report.selected?.backend ?? null;
  assert.ok(chosen === null || chosen === id, `2: ${id} was asked for exactly, but ${chosen} was selected`);
  assert.equal(chosen === null, report.refusal !== null, '2: nothing selected means a refusal');
  if (chosen !== null) assert.equal(report.basis, 'requested', '2: an exact request is its own basis');
}

/** 3: any off-switch in the nearest layer keeps a backend from being selected. */
function checkOff(select: Select, input: SelectInput, id: string): void {
  const source = { layer: 'api', detail: `off: ${id}` } as const;
  const offs: readonly SettingStatement[] = [
    { kind: 'disable', backend: id, source },
    { kind: 'use', backend: id, value: false, source },
  ];
  for (const off of offs) {
    const report = attempt(select, { ...input, settings: [...input.settings, off] });
    assert.notEqual(report.selected?.backend, id, `3: ${id} was switched off (${off.kind}) and selected`);
  }
}

/** 4: neither registration order nor key order nor the order of statements reaches the result. */
function checkOrder(select: Select, input: SelectInput, text: string): void {
  const shuffled: SelectInput = {
    ...input,
    known: input.known.toReversed(),
    settings: input.settings.toReversed(),
    probes: reversedKeys(input.probes ?? {}),
    trials: reversedKeys(input.trials ?? {}),
    trialsNotRun: reversedKeys(input.trialsNotRun ?? {}),
  };
  assert.equal(JSON.stringify(attempt(select, shuffled)), text, '4: an order reached the result');
  const [first, ...rest] = input.known;
  if (first === undefined) return;
  const rotated = attempt(select, { ...input, known: [...rest, first] });
  assert.equal(JSON.stringify(rotated), text, '4: an order reached the result');
}

function reversedKeys<Value>(record: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).toReversed());
}

/** 5: one more installed but not enabled backend changes nothing about who is selected. */
function checkBystander(select: Select, input: SelectInput, report: SelectionReport): void {
  const { manifest, predicate } = mockBackend({ manifest: { id: 'bystander', optIn: true, rank: 100 } });
  const report2 = attempt(select, {
    ...input,
    known: [{ state: 'installed', manifest, predicate }, ...input.known],
  });
  assert.deepEqual(report2.selected, report.selected, '5: a bystander changed the selection');
  assert.equal(report2.degraded, report.degraded, '5: a bystander changed `degraded`');
  assert.equal(report2.basis, report.basis, '5: a bystander changed the basis');
}

/** 6: every candidate has a reason, every refusal a remedy, and no text is empty. */
function checkTexts(report: SelectionReport): void {
  for (const candidate of report.candidates) {
    assert.ok(candidate.reasons.length > 0, `6: ${candidate.backend} has no reason`);
    for (const { message, remedy } of candidate.reasons) {
      assert.ok(message.trim() !== '', `6: ${candidate.backend} has an empty reason`);
      assert.ok(remedy === null || remedy.trim() !== '', `6: ${candidate.backend} has an empty remedy`);
    }
    for (const { detail } of candidate.trials ?? []) {
      assert.ok(detail.trim() !== '', `6: a trial of ${candidate.backend} without words`);
    }
  }
  if (report.refusal !== null) {
    assert.ok(report.refusal.message.trim() !== '', '6: a refusal without words');
    assert.ok(report.refusal.remedy.trim() !== '', '6: a refusal without a remedy');
  }
  for (const { message } of report.warnings) assert.ok(message.trim() !== '', '6: an empty warning');
}

/** 7: an emulation is only selected when a person named exactly this backend. */
function checkSoftware(input: SelectInput, report: SelectionReport): void {
  const { selected, request } = report;
  const known = input.known.find((one) => knownId(one) === selected?.backend);
  if (selected === null || known?.state !== 'installed') return;
  const probe = input.probes?.[selected.backend];
  const answer = probe?.ok === true ? probe : known.predicate(input.host);
  const candidates = answer.devices.filter(({ id }) => id === selected.device);
  if (candidates.every((device) => device.software !== true)) return;
  const alternatives = candidates.some((device) => device.software !== true);
  const named = request.kind === 'exact' && request.backends?.[0] === selected.backend;
  assert.ok(
    named || alternatives || request.device !== undefined,
    '7: a software device was selected unasked',
  );
}

/** A trial without a verdict changes nothing about who is selected, and is never passed off as measured. */
function checkNotRun(select: Select, input: SelectInput, report: SelectionReport): void {
  const without = attempt(select, { ...input, trialsNotRun: {} });
  assert.deepEqual(without.selected, report.selected, 'a trial that was not run changed the selection');
  const chosen = report.candidates.find((candidate) => candidate.status === 'selected');
  const open = chosen?.trials?.some((trial) => trial.state !== 'passed') ?? false;
  assert.ok(!open || report.basis !== 'measured', 'measured, though not every trial passed');
}

/** What the report says about itself must hold together. */
function checkConsistency(input: SelectInput, report: SelectionReport): void {
  const selected = report.candidates.filter((candidate) => candidate.status === 'selected');
  assert.deepEqual(
    selected.map((candidate) => candidate.backend),
    report.selected === null ? [] : [report.selected.backend],
    'the candidate marked as selected is the selected one',
  );
  assert.equal(report.outcome === 'refused', report.selected === null);
  assert.equal(report.refusal === null, report.selected !== null);
  assert.equal(report.candidates.length, input.known.length, 'every known backend is a candidate');
  for (const { gates } of selected) {
    assert.equal(gates.installed, 'yes');
    assert.equal(gates.enabled, 'yes');
    assert.notEqual(gates.eligible, 'no');
    assert.notEqual(gates.working, 'no');
  }
}
