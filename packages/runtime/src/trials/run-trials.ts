import { stat } from 'node:fs/promises';
import {
  EngineError,
  errorText,
  SettingsError,
  type BackendSessionV1,
  type ModelSourceV1,
} from '@switchyard/core';
import { closeSession } from './close-session.ts';
import { bytesOf, prepareCases } from './prepare-cases.ts';
import { GivenUp, startBudget, TimeSpent, type TimeBudget } from './time-budget.ts';
import { TRIAL_CLOCK } from './trial-clock.ts';
import { openLedger, type TrialLedger } from './trial-ledger.ts';
import { trialPolicy, type TrialPolicy } from './trial-policy.ts';
import { residentBytesOf, trialProcesses } from './trial-process.ts';
import { endsTrials, tryParity, tryPlacement, trySpeed, type Bench } from './trial-steps.ts';
import {
  TRIAL_NAMES,
  type RunTrialsRequest,
  type TrialFigures,
  type TrialResults,
  type TrialSubject,
} from './trial-types.ts';

type Figures = { -readonly [Key in keyof TrialFigures]: TrialFigures[Key] };

/**
 * Lets a backend prove itself on one model against the `cpu` backend: that it runs on its device, that its
 * results are right, that it is not slower. The first failure ends the trials. What cannot be tried is
 * recorded as not run with the reason, and is never a pass.
 *
 * @throws ExecutionError `aborted` when the signal aborts, SettingsError when the options are wrong
 */
export async function runTrials(request: RunTrialsRequest): Promise<TrialResults> {
  const { candidate, reference, clock = TRIAL_CLOCK } = request;
  const { id } = candidate.backend.manifest;
  const policy = trialPolicy(request.policy);
  const ledger = openLedger(id, request.trials ?? TRIAL_NAMES, clock.date().toISOString());
  const notes: string[] = [];
  const figures: Figures = {
    inputs: request.feeds === undefined ? 'generated' : 'given',
    cases: [],
    notes,
    openMs: { candidate: null, reference: null },
    firstRunMs: null,
    placement: null,
    share: null,
    parity: null,
    speed: null,
  };
  const sessions: BackendSessionV1[] = [];
  using budget = startBudget(policy.budget.milliseconds, clock, id, request.signal);
  try {
    const why = await runAll({
      request,
      candidate,
      reference,
      policy,
      ledger,
      notes,
      figures,
      sessions,
      budget,
    });
    ledger.close(why);
  } catch (error) {
    if (error instanceof GivenUp) throw error.error;
    if (!(error instanceof TimeSpent)) throw error;
    ledger.close(
      `The ${policy.budget.milliseconds / 1000} s for all trials were spent during ${error.during}.`,
    );
  } finally {
    const problems = await Promise.all(sessions.map((session) => closeSession(session, clock)));
    notes.push(...problems.flatMap((problem) => problem ?? []));
  }
  return { trials: ledger.outcomes, notRun: ledger.notRun, figures };
}

interface Run {
  readonly request: RunTrialsRequest;
  readonly candidate: TrialSubject;
  readonly reference: TrialSubject;
  readonly policy: TrialPolicy;
  readonly ledger: TrialLedger;
  readonly notes: string[];
  readonly figures: Figures;
  /** Whatever was opened, to be closed at the end. */
  readonly sessions: BackendSessionV1[];
  readonly budget: TimeBudget;
}

/** Runs what the ledger wants. @returns why whatever is left was not run */
async function runAll(run: Run): Promise<string> {
  const { request, policy, ledger, figures, notes, budget } = run;
  const clock = request.clock ?? TRIAL_CLOCK;
  const modelBytes = await sizeOf(request.model);
  const tooLarge = (tensors: number): string | null => {
    // Both sessions hold the model, and results are held twice while they are compared.
    const bytes = 2 * modelBytes + 2 * tensors;
    return bytes <= policy.budget.bytes
      ? null
      : `It would take at least ${bytes} bytes, more than the ${policy.budget.bytes} that trials may use.`;
  };
  const large = tooLarge(0);
  if (large !== null) return large;

  const reference = await open(run, run.reference, 'reference').catch((error: unknown) => {
    if (endsTrials(error)) throw error;
    return errorText(error);
  });
  if (typeof reference === 'string')
    return `The CPU, which says what is right, does not open the model: ${reference}`;
  request.onProgress?.('trials: looking for inputs');
  const { feeds, hints, freeDimensions } = request;
  const compare = ledger.wants('parity');
  const prepared = await prepareCases(reference, { feeds, hints, freeDimensions, policy, compare }, budget);
  if (!prepared.ok) return prepared.why;
  const { cases } = prepared;
  notes.push(...prepared.notes);
  figures.cases = cases.map((one) => ({
    label: one.label,
    shapes: Object.fromEntries(Object.entries(one.feeds).map(([name, { shape }]) => [name, shape])),
  }));
  const larger = tooLarge(bytesOf(...cases.flatMap((one) => [one.feeds, one.expected])));
  if (larger !== null) return larger;

  const opened = await openCandidate(run);
  if (typeof opened === 'string') return opened;
  const bench: Bench = { candidate: opened, reference, policy, budget, clock };
  const first = cases[0]!;
  if (ledger.wants('placement')) {
    request.onProgress?.('trials: placement');
    const { placement, share, ...verdict } = await tryPlacement(bench, first.feeds);
    Object.assign(figures, { placement, share });
    if (!ledger.enter('placement', verdict, { share, placement })) return AFTER_FAILURE;
  }
  if (ledger.wants('parity')) {
    request.onProgress?.('trials: parity');
    const { parity, firstRunMs, ...verdict } = await tryParity(bench, cases, prepared.incomparable);
    Object.assign(figures, { parity, firstRunMs });
    if (!ledger.enter('parity', verdict, parity)) return AFTER_FAILURE;
  }
  const resident = await (request.residentBytes ?? residentBytesOf)(opened);
  if (resident !== null && resident > policy.budget.bytes) {
    return `It takes ${resident} bytes of memory, more than the ${policy.budget.bytes} that trials may use.`;
  }
  if (ledger.wants('speed')) {
    request.onProgress?.('trials: speed');
    const { speed, ...verdict } = await trySpeed(bench, first);
    figures.speed = speed;
    if (!ledger.enter('speed', verdict, speed)) return AFTER_FAILURE;
  }
  return AFTER_FAILURE;
}

const AFTER_FAILURE = 'An earlier trial had failed, which settles the matter.';

async function open(
  run: Run,
  subject: TrialSubject,
  who: 'candidate' | 'reference',
): Promise<BackendSessionV1> {
  const { request, budget, sessions, figures } = run;
  const { backend, device } = subject;
  const clock = request.clock ?? TRIAL_CLOCK;
  request.onProgress?.(`trials: opening on ${device.name}`);
  const opener = request.open ?? trialProcesses([run.candidate.backend, run.reference.backend]);
  const begin = clock.now();
  const session = await budget.spend(
    `the opening on ${device.name}`,
    () =>
      opener(backend, request.model, {
        device,
        options: subject.options ?? {},
        signal: budget.signal,
        ...(request.onProgress === undefined ? {} : { onProgress: request.onProgress }),
      }),
    (late) => void closeSession(late, clock),
  );
  sessions.push(session);
  figures.openMs = { ...figures.openMs, [who]: clock.now() - begin };
  return session;
}

/** The candidate's session, or why nothing more can be tried. */
async function openCandidate(run: Run): Promise<BackendSessionV1 | string> {
  const { ledger, candidate } = run;
  let text: string;
  try {
    const session = await open(run, candidate, 'candidate');
    if (session.device.id === candidate.device.id) return session;
    text = `\`${candidate.device.id}\` was asked for, but the session is on \`${session.device.id}\`.`;
  } catch (error) {
    // Wrong options are the caller's mistake, not the backend's.
    if (endsTrials(error) || SettingsError.isInstance(error)) throw error;
    if (EngineError.isInstance(error) && error.reason.code === 'probe-timeout') return error.reason.message;
    text = `It does not open the model: ${errorText(error)}`;
  }
  ledger.enter(ledger.next(), { verdict: 'failed', text }, { device: candidate.device });
  return AFTER_FAILURE;
}

async function sizeOf(model: ModelSourceV1): Promise<number> {
  if ('bytes' in model) return model.bytes.byteLength;
  // What cannot be looked at is said by the reference, which opens it.
  return stat(model.path).then(
    ({ size }) => size,
    () => 0,
  );
}
