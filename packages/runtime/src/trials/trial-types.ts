import type {
  BackendSessionV1,
  BackendV1,
  DeviceV1,
  ModelSourceV1,
  OpenContextV1,
  OptionValuesV1,
  PlacementV1,
  Tensors,
  TrialName,
  TrialNotRun,
  TrialOutcome,
} from '@switchyard/core';
import type { OutputComparison } from './compare-tensors.ts';
import type { FeedHints } from './generate-feeds.ts';
import type { PlacementShare } from './judge-placement.ts';
import type { SpeedFigures } from './judge-speed.ts';
import type { TrialClock } from './trial-clock.ts';
import type { TrialPolicyChanges } from './trial-policy.ts';

/** The trials in the order in which they run: a later one means nothing where an earlier one failed. */
export const TRIAL_NAMES: readonly TrialName[] = Object.freeze(['placement', 'parity', 'speed']);

/** Opens a model for a trial: in a process of its own, so that a crash ends nothing else. Rejects as `doOpen` does. */
export type OpenForTrial = (
  backend: BackendV1,
  model: ModelSourceV1,
  context: OpenContextV1,
) => Promise<BackendSessionV1>;

/** A backend on one of its devices. */
export interface TrialSubject {
  readonly backend: BackendV1;
  readonly device: DeviceV1;
  /** (optional) Option values, checked already. Default: none. */
  readonly options?: OptionValuesV1;
}

/** What trials need besides who is tried. */
export interface TrialSettings {
  /** (optional) Default: {@link trialProcesses}, in processes of their own where the backends can be made there. */
  readonly open?: OpenForTrial;
  /** (optional) Parts of the policy that differ from the published one. Default: {@link TRIAL_POLICY}. */
  readonly policy?: TrialPolicyChanges;
  /** (optional) Inputs of the caller. Default: they are made up. */
  readonly feeds?: Tensors;
  /** (optional) What the graph says about values, for inputs that are made up. Default: nothing. */
  readonly hints?: FeedHints;
  /** (optional) Sizes of free dimensions, for inputs that are made up. Default: chosen by {@link generateFeeds}. */
  readonly freeDimensions?: Readonly<Record<string, number>>;
  /** (optional) Told of each phase. Default: nobody is told. */
  readonly onProgress?: (phase: string) => void;
  /** (optional) Ends the trials with an `aborted` error. Default: never. */
  readonly signal?: AbortSignal;
  /** (optional) Default: the clock of this machine. */
  readonly clock?: TrialClock;
  /** (optional) Resident memory of a session in bytes, or `null` where it is not known. Default: as Linux tells it of a process. */
  readonly residentBytes?: (session: BackendSessionV1) => Promise<number | null>;
}

export interface RunTrialsRequest extends TrialSettings {
  /** Who is tried. */
  readonly candidate: TrialSubject;
  /** The `cpu` backend, which says what is right and how fast is fast enough. */
  readonly reference: TrialSubject;
  readonly model: ModelSourceV1;
  /** (optional) Which trials to run. Default: all of them. */
  readonly trials?: readonly TrialName[];
}

/** Everything that was measured, as JSON. What was not reached is `null`. */
export interface TrialFigures {
  readonly inputs: 'given' | 'generated';
  /** Shapes of the inputs by case and name. */
  readonly cases: readonly {
    readonly label: string;
    readonly shapes: Readonly<Record<string, readonly number[]>>;
  }[];
  /** Why there are fewer cases, or what happened at closing. */
  readonly notes: readonly string[];
  /** Milliseconds to open the session, loading and compiling included; never counted as speed. */
  readonly openMs: { readonly candidate: number | null; readonly reference: number | null };
  /** Milliseconds of the candidate's first run, which may compile too; never counted as speed. */
  readonly firstRunMs: number | null;
  readonly placement: PlacementV1 | null;
  readonly share: PlacementShare | null;
  readonly parity:
    | readonly { readonly label: string; readonly outputs: readonly OutputComparison[] }[]
    | null;
  readonly speed: SpeedFigures | null;
}

/** Verdicts, trials without one, and the figures. Every trial that was asked for is in one of the two lists. */
export interface TrialResults {
  readonly trials: readonly TrialOutcome[];
  readonly notRun: readonly TrialNotRun[];
  readonly figures: TrialFigures;
}
