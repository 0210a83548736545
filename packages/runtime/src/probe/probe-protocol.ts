import type {
  BackendOriginV1,
  DeviceV1,
  HostFacts,
  OptionValuesV1,
  PlacementV1,
  Reason,
} from '@switchyard/core';
import type { ProbeLevelName } from './probe-record.ts';

/** Descriptor of the child on which it answers: one JSON document to a line. */
export const ANSWERS = 3;
/** Descriptor of the child from which it reads its request; that it closes means that the parent is gone. */
export const REQUESTS = 0;

/** Characters of one answer and of all of them; whatever is longer is no answer. */
export const MAX_LINE: number = 64 * 1024;
export const MAX_ANSWERS: number = 1024 * 1024;

/** What the child is to do: one line of JSON. */
export interface ProbeRequest {
  readonly origin: BackendOriginV1;
  /** What the factory has to make again. */
  readonly expected: { readonly id: string; readonly package: string };
  readonly host: HostFacts;
  readonly options: OptionValuesV1;
  /** Ids of devices that are not tried, because an earlier process has tried them. */
  readonly skip: readonly string[];
  /** Bytes of resident memory above which the child ends itself. */
  readonly memoryLimitBytes: number;
}

/** How one level ended, as the child says it. */
export interface ProbeLevelEnd {
  readonly type: 'end';
  readonly level: ProbeLevelName;
  readonly device: string | null;
  readonly status: 'ok' | 'failed' | 'unknown';
  readonly reason: Reason | null;
  readonly note: string;
  readonly devices: readonly DeviceV1[];
  readonly placement: PlacementV1 | null;
  /** Milliseconds that it took where it ran. */
  readonly durationMs: number;
}

/** What the child says. Every level is begun before it is ended, and nothing comes after `done`. */
export type ProbeMessage =
  | { readonly type: 'begin'; readonly level: ProbeLevelName; readonly device: string | null }
  | ProbeLevelEnd
  | { readonly type: 'memory'; readonly residentBytes: number }
  | { readonly type: 'done' };
