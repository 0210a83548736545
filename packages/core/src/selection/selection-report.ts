import type { Reason } from '../backend/v1/reason-v1.ts';
import type { SettingSource } from '../settings/setting-statement.ts';
import type { TrialName } from './known-backend.ts';
import type { ReasonCode } from './reason-codes.ts';

/** What one gate answered. `not-run` means that nobody looked, `unknown` that looking did not tell. */
export type GateAnswer = 'yes' | 'no' | 'unknown' | 'not-run';

/** The four gates in their order; no answer is ever inferred from another. */
export interface Gates {
  readonly installed: GateAnswer;
  readonly enabled: GateAnswer;
  readonly eligible: GateAnswer;
  readonly working: GateAnswer;
}

export type CandidateStatus =
  | 'selected'
  | 'passed-over'
  | 'rejected'
  | 'not-enabled'
  | 'disabled'
  | 'not-installed';

/** One trial of a backend with the model at hand: what it showed, or why it showed nothing. */
export interface TrialReport {
  readonly trial: TrialName;
  readonly state: 'passed' | 'failed' | 'not-run';
  /** The figures, or why there is no verdict. Never empty. */
  readonly detail: string;
  /** (optional) When it ran, as ISO 8601 in UTC. Default: it never ran, or nobody wrote it down. */
  readonly when?: string;
}

/** What is remembered of a probe. */
export interface CandidateProbe {
  readonly ok: boolean;
  /** What was seen, in a sentence. */
  readonly detail: string;
  /** (optional) When it ran, as ISO 8601 in UTC. Default: nobody wrote it down. */
  readonly when?: string;
}

/** One known backend, with what every gate said about it. */
export interface CandidateReport {
  readonly backend: string;
  readonly package: { readonly name: string; readonly version: string | null; readonly installed: boolean };
  /** `null` where the package is third-party code that was not run, so that nobody knows. */
  readonly optIn: boolean | null;
  readonly status: CandidateStatus;
  readonly gates: Gates;
  /** At least one for every candidate, also the selected one. */
  readonly reasons: readonly Reason[];
  /** Settings statements about this backend that counted. */
  readonly sources: readonly SettingSource[];
  /** (optional) Trials with the model at hand, in their order. Default: there was no model, or nothing to try. */
  readonly trials?: readonly TrialReport[];
  /** (optional) What trying the backend on this machine showed. Default: it was not tried, or nobody remembers. */
  readonly probe?: CandidateProbe;
}

/** A setting as it counts, with where it was said and what it overrode. */
export interface EffectiveSetting {
  readonly key: string;
  readonly value: boolean | string | readonly string[];
  readonly source: SettingSource;
  readonly overrode: readonly SettingSource[];
}

export interface SelectionWarning {
  readonly message: string;
  /** What the reader can type or do. */
  readonly remedy: string | null;
}

/** What was asked for, and where. */
export interface RequestReport {
  readonly kind: 'exact' | 'ordered' | 'auto';
  /** (optional) Backends that were named, in order. Default: none were. */
  readonly backends?: readonly string[];
  /** (optional) Device that was named. Default: none was. */
  readonly device?: string;
  readonly source: SettingSource;
}

/**
 * The decision and everything that led to it: one JSON document, the same from the command line,
 * the library and the server. Text is rendered from it and from nothing else.
 */
export interface SelectionReport {
  readonly schema: 1;
  readonly outcome: 'selected' | 'refused';
  readonly selected: {
    readonly backend: string;
    readonly device: string;
    readonly deviceName: string;
  } | null;
  readonly basis: 'requested' | 'only-candidate' | 'platform-preference' | 'measured' | null;
  readonly degraded: boolean;
  readonly request: RequestReport;
  readonly refusal: { readonly code: ReasonCode; readonly message: string; readonly remedy: string } | null;
  /** Every known backend, also when selection succeeded, ordered by rank and then by id. */
  readonly candidates: readonly CandidateReport[];
  readonly settings: readonly EffectiveSetting[];
  readonly warnings: readonly SelectionWarning[];
  readonly host: { readonly fingerprint: string; readonly simulated: boolean };
}
