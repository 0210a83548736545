import type { DeviceV1 } from '../backend/v1/device-v1.ts';
import type { Reason } from '../backend/v1/reason-v1.ts';
import type { SettingSource } from '../settings/setting-statement.ts';
import type {
  CandidateReport,
  CandidateStatus,
  Gates,
  TrialReport,
  CandidateProbe,
} from './selection-report.ts';

/** One backend with what the gates said, before anybody is chosen. */
export interface Candidate {
  readonly id: string;
  readonly title: string;
  readonly package: CandidateReport['package'];
  readonly optIn: boolean | null;
  readonly gates: Gates;
  /** Set when a gate already closed; a candidate without one can be chosen. */
  readonly closed: {
    readonly status: Exclude<CandidateStatus, 'selected' | 'passed-over'>;
    readonly reasons: readonly Reason[];
  } | null;
  /** Devices that it could run on, the preferred one first. Empty where nobody knows. */
  readonly devices: readonly DeviceV1[];
  /** Facts in its favour, and trials that it passed. */
  readonly notes: readonly Reason[];
  /** What a probe showed; `null` where there was none. */
  readonly probe: CandidateProbe | null;
  /** What trials with the model at hand showed, and which gave no verdict. */
  readonly trials: readonly TrialReport[];
  /** Whether every trial gave its verdict, and passed, so that its speed may be spoken of. */
  readonly measured: boolean;
  readonly sources: readonly SettingSource[];
  /** Place in the published preference; compare with `compareCandidates`. */
  readonly standing: { readonly group: number; readonly rank: number };
}
