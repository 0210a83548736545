import {
  selectDevice,
  type BackendV1,
  type DeviceV1,
  type ModelSourceV1,
  type OptionValuesV1,
  type Registry,
  type SelectInput,
  type SelectionReport,
  type TrialName,
  type TrialNotRun,
  type TrialOutcome,
} from '@switchyard/core';
import { runTrials } from './run-trials.ts';
import type { RememberedTrials, TrialMemory } from './trial-memory.ts';
import {
  TRIAL_NAMES,
  type TrialFigures,
  type TrialResults,
  type TrialSettings,
  type TrialSubject,
} from './trial-types.ts';

/** Which trials an automatic choice goes through: none, where the nodes ran, or all. */
export const TRIAL_MODES = ['off', 'placement', 'all'] as const;

export type TrialMode = (typeof TRIAL_MODES)[number];

export interface TryCandidatesRequest extends TrialSettings {
  readonly input: SelectInput;
  readonly registry: Registry;
  readonly model: ModelSourceV1;
  /** (optional) Which trials. Default: all. */
  readonly mode?: TrialMode;
  /** (optional) Try what was asked for by name too; a failed trial then refuses it. Default: false. */
  readonly verify?: boolean;
  /** (optional) Run what is not remembered. Without it, nothing is loaded or started. Default: true. */
  readonly run?: boolean;
  /** (optional) What earlier starts learned. Default: nothing, and nothing is kept. */
  readonly memory?: TrialMemory | null;
  /** (optional) Option values of a backend, checked already. Default: none. */
  readonly optionsFor?: (backend: BackendV1) => OptionValuesV1;
}

/** A selection in which the trials have had their say. */
export interface TriedCandidates {
  /** The input with the verdicts; selecting from it gives `report`. */
  readonly input: SelectInput;
  readonly report: SelectionReport;
  readonly device: DeviceV1 | null;
  /** What was measured just now, by backend. Verdicts that were remembered have no entry. */
  readonly figures: Readonly<Record<string, TrialFigures>>;
}

/** The backend that the others are compared with. */
export const REFERENCE = 'cpu';

/**
 * Asks selection, lets whoever it chose prove itself, and asks again with the verdicts, until it stays with
 * one. Who comes next is decided by selection alone, which is given every verdict and every reason why there
 * is none. Each backend is tried at most once, so it ends.
 *
 * @throws ExecutionError `aborted` when the signal aborts
 */
export async function tryCandidates(request: TryCandidatesRequest): Promise<TriedCandidates> {
  const trials: Record<string, readonly TrialOutcome[]> = {};
  const trialsNotRun: Record<string, readonly TrialNotRun[]> = {};
  const figures: Record<string, TrialFigures> = {};
  const settled = new Set<string>();
  // What was learned for automatic choices says nothing about a request by name.
  const { report: untried } = selectDevice({ ...request.input, trials: {} });
  const earlier = wantedTrials(request, untried).length === 0 ? {} : request.input.trials;
  for (;;) {
    const input: SelectInput = {
      ...request.input,
      trials: { ...earlier, ...trials },
      trialsNotRun: { ...request.input.trialsNotRun, ...trialsNotRun },
    };
    const { report, device } = selectDevice(input);
    const id = report.selected?.backend ?? REFERENCE;
    if (id === REFERENCE || settled.has(id)) return { input, report, device, figures };
    settled.add(id);
    const verdicts = await verdictsFor(request, report, id, device, input);
    trials[id] = verdicts.trials;
    trialsNotRun[id] = verdicts.notRun;
    if (verdicts.figures !== undefined) figures[id] = verdicts.figures;
  }
}

type Verdicts = Pick<TrialResults, 'trials' | 'notRun'> & { readonly figures?: TrialFigures };

async function verdictsFor(
  request: TryCandidatesRequest,
  report: SelectionReport,
  id: string,
  device: DeviceV1 | null,
  input: SelectInput,
): Promise<Verdicts> {
  const { memory = null, mode = 'all', clock } = request;
  const known = input.trials?.[id] ?? [];
  const wanted = wantedTrials(request, report);
  const unwanted = TRIAL_NAMES.filter((trial) => !wanted.includes(trial)).map((trial) => ({
    trial,
    why: unwantedReason(mode, report, request.verify ?? false),
  }));
  if (wanted.length === 0) return { trials: [], notRun: unwanted };
  const subjects = findSubjects(request, report, id, device);
  if (typeof subjects === 'string') {
    const when = (clock?.date() ?? new Date()).toISOString();
    return {
      trials: known,
      notRun: [...without(wanted, known).map((trial) => ({ trial, why: subjects, when })), ...unwanted],
    };
  }
  const { candidate, reference } = subjects;
  const inputs = request.feeds === undefined ? 'generated' : 'given';
  const found = (await memory?.recall(candidate, reference)) ?? { trials: [], notRun: [], inputs };
  // Inputs that were made up may have been what stood in the way.
  const retry = inputs === 'given' && found.inputs === 'generated';
  const remembered: RememberedTrials = retry ? { ...found, notRun: [], inputs } : found;
  const before: Verdicts = {
    trials: [
      ...known,
      ...remembered.trials.filter((one) => known.every(({ trial }) => trial !== one.trial)),
    ].filter(({ trial }) => wanted.includes(trial)),
    notRun: remembered.notRun.filter(({ trial }) => wanted.includes(trial)),
  };
  const missing = before.trials.some((outcome) => !outcome.passed)
    ? []
    : without(wanted, [...before.trials, ...before.notRun]);
  if (missing.length === 0) return { trials: before.trials, notRun: [...before.notRun, ...unwanted] };
  if (request.run === false) {
    const why = 'It was not tried yet on this machine with this model; the first run tries it.';
    return {
      trials: before.trials,
      notRun: [...before.notRun, ...missing.map((trial) => ({ trial, why })), ...unwanted],
    };
  }
  const results = await runTrials({ ...request, candidate, reference, trials: missing });
  const all: Verdicts = {
    trials: [...before.trials, ...results.trials],
    notRun: [...before.notRun, ...results.notRun],
  };
  await memory?.remember(candidate, reference, { ...merge(remembered, all), inputs });
  return { trials: all.trials, notRun: [...all.notRun, ...unwanted], figures: results.figures };
}

function wantedTrials(request: TryCandidatesRequest, report: SelectionReport): readonly TrialName[] {
  const { mode = 'all', verify = false } = request;
  if (verify) return TRIAL_NAMES;
  if (report.request.kind !== 'auto' || mode === 'off') return [];
  return mode === 'placement' ? ['placement'] : TRIAL_NAMES;
}

function unwantedReason(mode: TrialMode, report: SelectionReport, verify: boolean): string {
  if (report.request.kind !== 'auto' && !verify) {
    return 'It was asked for by name, and such a request is only tried where the caller says so (`--verify`).';
  }
  return mode === 'off'
    ? 'Trials are switched off (`--trials off`).'
    : 'Only the placement was to be tried (`--trials placement`).';
}

function findSubjects(
  { registry, optionsFor, input }: TryCandidatesRequest,
  report: SelectionReport,
  id: string,
  device: DeviceV1 | null,
): { readonly candidate: TrialSubject; readonly reference: TrialSubject } | string {
  const backend = registry.get(id);
  if (backend === null || device === null) {
    return `The host facts do not tell on which device \`${id}\` would run, so it cannot be tried before it is opened.`;
  }
  const reference = registry.get(REFERENCE);
  const cpu = report.candidates.find((candidate) => candidate.backend === REFERENCE);
  if (reference === null || cpu === undefined || cpu.gates.installed !== 'yes') {
    return 'There is nothing to compare with, because the `cpu` backend is not installed.';
  }
  const why = cpu.status === 'disabled' || cpu.gates.eligible === 'no' || cpu.gates.working === 'no';
  if (why)
    return `There is nothing to compare with, because \`cpu\` may not or cannot run: ${cpu.reasons[0]!.message}`;
  const referenceDevice = cpuDevice(input);
  if (referenceDevice === null)
    return 'There is nothing to compare with, because `cpu` names no device here.';
  return {
    candidate: { backend, device, options: optionsFor?.(backend) ?? {} },
    reference: { backend: reference, device: referenceDevice },
  };
}

/** The device that selection itself would take for the reference; asked there, so that nobody decides twice. */
function cpuDevice(input: SelectInput): DeviceV1 | null {
  const source = { layer: 'api', detail: 'the reference of trials' } as const;
  return selectDevice({ ...input, settings: [{ kind: 'backend', backend: REFERENCE, source }] }).device;
}

function without(
  wanted: readonly TrialName[],
  had: readonly { readonly trial: TrialName }[],
): readonly TrialName[] {
  return wanted.filter((trial) => had.every((one) => one.trial !== trial));
}

/** What was remembered, with newer entries in place of older ones. */
function merge(before: Verdicts, after: Verdicts): Verdicts {
  const isNew = (trial: TrialName): boolean =>
    [...after.trials, ...after.notRun].some((one) => one.trial === trial);
  return {
    trials: [...before.trials.filter(({ trial }) => !isNew(trial)), ...after.trials],
    notRun: [...before.notRun.filter(({ trial }) => !isNew(trial)), ...after.notRun],
  };
}
