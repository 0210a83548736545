import type { BackendOriginV1, DeviceV1, HostFacts } from '@switchyard/core';
import type { ProbeRecord } from '@switchyard/runtime';
import type { CaseFigures, ConformanceSettings } from '../conformance-case.ts';

/** What a process of the kit does. `cases` and `operators` go on; the others do one thing and end. */
export type ChildMode =
  | 'cases'
  | 'operators'
  | 'import'
  | 'artifacts'
  | 'predicate'
  | 'work-and-end'
  | 'end-in-flight'
  | 'leak'
  | 'side-effects'
  | 'probe-again'
  | 'option-set'
  | 'copies'
  | 'workers';

/** What a process of the kit is told, as one line of JSON on its standard input. */
export interface ChildRequest {
  readonly mode: ChildMode;
  readonly origin: BackendOriginV1;
  readonly host: HostFacts;
  readonly settings: ConformanceSettings;
  readonly device: DeviceV1 | null;
  readonly probe: ProbeRecord | null;
  readonly more: Readonly<Record<string, unknown>>;
}

/** How a process of the kit ended, and what it said. */
export interface ChildAnswer {
  /** What it answered on its own channel, or `null` where it did not get that far. */
  readonly answer: unknown;
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  /** The last 4 KiB. */
  readonly stderr: string;
  /** It did not end in time and was killed. */
  readonly timedOut: boolean;
}

/** Answer of one case that ran in a process of mode `cases`. */
export interface CaseAnswer {
  readonly case: string;
  readonly failure: string | null;
  readonly figures: CaseFigures;
}

/** File descriptor of the answers. */
export const ANSWERS = 3;
