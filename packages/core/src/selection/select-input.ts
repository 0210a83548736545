import type { HostFacts } from '../host/host-facts.ts';
import type { SettingStatement } from '../settings/setting-statement.ts';
import type { KnownBackend, ProbeOutcome, TrialNotRun, TrialOutcome } from './known-backend.ts';
import type { SelectionWarning } from './selection-report.ts';

/** Everything that the decision depends on, and nothing else. */
export interface SelectInput {
  /** Every known backend; their order does not matter. */
  readonly known: readonly KnownBackend[];
  readonly host: HostFacts;
  /** What anybody said, in any order. */
  readonly settings: readonly SettingStatement[];
  /** (optional) Remembered probes by backend id. Default: nothing was probed. */
  readonly probes?: Readonly<Record<string, ProbeOutcome>>;
  /** (optional) Remembered trials of the model at hand by backend id. Default: nothing was tried. */
  readonly trials?: Readonly<Record<string, readonly TrialOutcome[]>>;
  /**
   * (optional) Trials of the model at hand that gave no verdict, by backend id. They change nothing about
   * who is selected, only what the report says. Default: none.
   */
  readonly trialsNotRun?: Readonly<Record<string, readonly TrialNotRun[]>>;
  /** (optional) Warnings that arose while the settings were read. Default: none. */
  readonly warnings?: readonly SelectionWarning[];
  /** (optional) The host facts are not those of this machine. Default: false. */
  readonly simulated?: boolean;
}
