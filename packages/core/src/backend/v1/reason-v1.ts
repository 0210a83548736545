import type { ReasonCode } from '../../selection/reason-codes.ts';

/** One fact that a statement rests on: where it stands in the host facts, and what it says. */
export interface Evidence {
  /** Path into `HostFacts` (`nvidia.driverVersion`), or the name of what was looked at. */
  readonly path: string;
  readonly value: unknown;
}

/** Why a backend was or was not taken. Never empty: a reason without words is a defect. */
export interface Reason {
  readonly code: ReasonCode;
  /** One sentence that a person can read without knowing the code. */
  readonly message: string;
  readonly evidence: readonly Evidence[];
  /** What the reader can type or do, or `null` where nothing would help. */
  readonly remedy: string | null;
}
