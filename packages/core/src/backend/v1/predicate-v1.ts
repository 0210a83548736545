import type { HostFacts } from '../../host/host-facts.ts';
import type { DeviceV1 } from './device-v1.ts';
import type { Reason } from './reason-v1.ts';

/** What a predicate found in the host facts. */
export interface PredicateAnswerV1 {
  /**
   * Whether this machine has the hardware and platform that the backend needs.
   * `unknown` when the facts that would tell are not known; never a guess.
   */
  readonly eligible: 'yes' | 'no' | 'unknown';
  /** For `no` and `unknown`: at least one reason. For `yes`: may be empty. */
  readonly reasons: readonly Reason[];
  /** For `yes`: at least one device, the preferred one first (discrete before integrated). */
  readonly devices: readonly DeviceV1[];
  /**
   * (optional) Software that the hardware needs and that the host facts show to be absent or too old:
   * a runtime library, a driver. The hardware gate stays `yes`, the working gate becomes `no`,
   * unless a probe has shown otherwise. Default: none.
   */
  readonly blockers?: readonly Reason[];
}

/**
 * Decides from recorded facts alone whether a backend can run on a machine. Pure, total and
 * synchronous: no I/O, no clock, no environment, no throwing. The same facts give the same answer.
 */
export type PredicateV1 = (host: HostFacts) => PredicateAnswerV1;
