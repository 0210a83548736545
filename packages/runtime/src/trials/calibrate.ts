import {
  errorText,
  type BackendSessionV1,
  type DeviceV1,
  type ModelSourceV1,
  type PlacementV1,
  type Tensors,
} from '@switchyard/core';
import { closeSession } from './close-session.ts';
import { freeDimensionsOf, generateFeeds } from './generate-feeds.ts';
import type { TrialStore } from './hash-model.ts';
import { quantile } from './judge-speed.ts';
import { FREE_SIZES } from './prepare-cases.ts';
import { GivenUp, startBudget, TimeSpent } from './time-budget.ts';
import { TRIAL_CLOCK } from './trial-clock.ts';
import { endsTrials } from './trial-steps.ts';
import { residentBytesOf, trialProcesses } from './trial-process.ts';
import type { TrialSettings, TrialSubject } from './trial-types.ts';

export interface CalibrateRequest extends Omit<TrialSettings, 'policy'> {
  readonly model: ModelSourceV1;
  /** Backends to measure, each on one device: those that are eligible, for whoever asks. */
  readonly subjects: readonly TrialSubject[];
  /** (optional) Warm runs that are measured. Default: 30. */
  readonly runs?: number;
  /** (optional) Size of the batch, for inputs that are made up. Default: 1. */
  readonly batch?: number;
  /** (optional) Milliseconds for one backend, opening included. Default: two minutes. */
  readonly budgetMs?: number;
  /** (optional) Where the result is kept, and under which key. Default: it is not kept. */
  readonly keep?: { readonly store: TrialStore; readonly key: string };
}

/** A figure, or why there is none. */
export type Measured =
  | { readonly known: true; readonly value: number }
  | { readonly known: false; readonly why: string };

/** What one backend did with the model. All times are milliseconds. */
export interface CalibratedBackend {
  readonly backend: string;
  readonly device: DeviceV1;
  /** Why the figures end where they end, or `null` when everything was measured. */
  readonly problem: string | null;
  /** First opening in a process of its own: starting it, loading the engine, loading and compiling the model. */
  readonly coldOpenMs: number | null;
  /** Opening once more: what caches of compiled models leave. */
  readonly reopenMs: number | null;
  /** First run of that second session. */
  readonly firstRunMs: number | null;
  readonly runs: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** Resident memory of the process of the session after the runs, in bytes. */
  readonly residentBytes: Measured;
  /** Execution providers that the session reports, in the engine's own names. */
  readonly executionProviders: readonly string[];
  /** Where the nodes ran in one more run, or `null` where that was not reached. */
  readonly placement: PlacementV1 | null;
}

/** Figures of several backends with one model on this machine, as JSON. They rank nobody. */
export interface Calibration {
  readonly schema: 1;
  /** ISO 8601 in UTC. */
  readonly when: string;
  readonly model: string;
  readonly inputs: 'given' | 'generated';
  readonly backends: readonly CalibratedBackend[];
}

const RUNS = 30;
const BUDGET_MS = 120_000;

/**
 * Measures backends with one model, one after the other. A backend that fails or does not end in time keeps
 * the figures it has, with the reason why they end there.
 *
 * @throws ExecutionError `aborted` when the signal aborts
 */
export async function calibrate(request: CalibrateRequest): Promise<Calibration> {
  const { model, clock = TRIAL_CLOCK } = request;
  const when = clock.date().toISOString();
  const backends: CalibratedBackend[] = [];
  for (const subject of request.subjects) {
    request.onProgress?.(`calibration: ${subject.backend.manifest.id} on ${subject.device.name}`);
    backends.push(await measure(request, subject));
  }
  const calibration: Calibration = {
    schema: 1,
    when,
    model: 'path' in model ? model.path : model.name,
    inputs: request.feeds === undefined ? 'generated' : 'given',
    backends,
  };
  await request.keep?.store.write('calibration', request.keep.key, calibration);
  return calibration;
}

type Draft = { -readonly [Key in keyof CalibratedBackend]: CalibratedBackend[Key] };

async function measure(request: CalibrateRequest, subject: TrialSubject): Promise<CalibratedBackend> {
  const { clock = TRIAL_CLOCK, runs = RUNS, budgetMs = BUDGET_MS } = request;
  const { id } = subject.backend.manifest;
  const draft: Draft = {
    backend: id,
    device: subject.device,
    problem: null,
    coldOpenMs: null,
    reopenMs: null,
    firstRunMs: null,
    runs: 0,
    p50Ms: null,
    p95Ms: null,
    residentBytes: { known: false, why: 'It was not reached.' },
    executionProviders: [],
    placement: null,
  };
  const opener = request.open ?? trialProcesses([subject.backend]);
  const sessions: BackendSessionV1[] = [];
  using budget = startBudget(budgetMs, clock, id, request.signal);
  const timed = async <Result>(
    during: string,
    step: () => Promise<Result>,
    tooLate?: (result: Result) => void,
  ): Promise<readonly [Result, number]> => {
    const begin = clock.now();
    const result = await budget.spend(during, step, tooLate);
    return [result, clock.now() - begin];
  };
  const open = async (during: string): Promise<readonly [BackendSessionV1, number]> => {
    const opened = await timed(
      during,
      () =>
        opener(subject.backend, request.model, {
          device: subject.device,
          options: subject.options ?? {},
          signal: budget.signal,
        }),
      (late) => void closeSession(late, clock),
    );
    sessions.push(opened[0]);
    return opened;
  };
  try {
    const [cold, coldOpenMs] = await open('the first opening');
    draft.coldOpenMs = coldOpenMs;
    draft.problem = await closeSession(sessions.pop() ?? cold, clock);
    const [session, reopenMs] = await open('the second opening');
    Object.assign(draft, {
      reopenMs,
      device: session.device,
      executionProviders: session.executionProviders,
    });
    const run = (feeds: Tensors) => (): Promise<unknown> => session.doRun(feeds, { signal: budget.signal });
    const [feeds, firstRunMs] = await firstRun(feedsFor(request, session), (given) =>
      timed('the first run', run(given)),
    );
    draft.firstRunMs = firstRunMs;
    const times: number[] = [];
    while (times.length < runs) {
      times.push((await timed(`run ${times.length + 1} of ${runs}`, run(feeds)))[1]);
      const sorted = times.toSorted((left, right) => left - right);
      Object.assign(draft, {
        runs: times.length,
        p50Ms: quantile(sorted, 0.5),
        p95Ms: quantile(sorted, 0.95),
      });
    }
    draft.residentBytes = await residentBytes(request, session);
    draft.placement = (await timed('the look at the placement', () => session.doPlacement({ feeds })))[0];
  } catch (error) {
    if (error instanceof GivenUp) throw error.error;
    draft.problem =
      error instanceof TimeSpent
        ? `The ${budgetMs / 1000} s for one backend were spent during ${error.during}.`
        : errorText(error);
  } finally {
    const problems = await Promise.all(sessions.map((session) => closeSession(session, clock)));
    draft.problem ??= problems.find((problem) => problem !== null) ?? null;
  }
  return draft;
}

/** The first feeds that the session takes, with the time of that run. */
async function firstRun(
  all: readonly Tensors[],
  run: (feeds: Tensors) => Promise<readonly [unknown, number]>,
): Promise<readonly [Tensors, number]> {
  const refused: unknown[] = [];
  for (const feeds of all) {
    try {
      return [feeds, (await run(feeds))[1]];
    } catch (error) {
      if (endsTrials(error)) throw error;
      refused.push(error);
    }
  }
  throw refused[0];
}

function feedsFor(request: CalibrateRequest, session: BackendSessionV1): readonly Tensors[] {
  if (request.feeds !== undefined) return [request.feeds];
  const { hints, freeDimensions, batch = 1 } = request;
  const sizes = freeDimensionsOf(session.inputs).any ? FREE_SIZES : FREE_SIZES.slice(0, 1);
  return sizes.map((size) => {
    const generated = generateFeeds({
      inputs: session.inputs,
      batch,
      ...size,
      ...(hints === undefined ? {} : { hints }),
      ...(freeDimensions === undefined ? {} : { freeDimensions }),
    });
    if (generated.ok) return generated.feeds;
    throw new TypeError(generated.why);
  });
}

async function residentBytes(request: CalibrateRequest, session: BackendSessionV1): Promise<Measured> {
  const value = await (request.residentBytes ?? residentBytesOf)(session);
  if (value !== null) return { known: true, value };
  return { known: false, why: 'The process of the session does not report its memory.' };
}
