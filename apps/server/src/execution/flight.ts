import type { QueueEntry } from './queue-entry.ts';

/** A batch counts for two runs: what waits makes the next batch larger, which saves more. */
export const BATCH_WEIGHT = 2;

/** One run that was handed to an instance, with the requests that it is for. Times in milliseconds. */
export interface Flight {
  readonly entries: readonly QueueEntry[];
  readonly rows: number;
  /** What the feeds of a batch were put into; empty for a request alone. */
  readonly memory: readonly Buffer[];
  /** When the requests left the queue. */
  readonly takenAt: number;
  /** When the feeds were ready. */
  readonly sentAt: number;
  /** When its turn came on its process; 0 while it waits for that. */
  startedAt: number;
  /** Its part of what may be on its way to one process. */
  readonly weight: number;
  timedOut: boolean;
  controller: AbortController | null;
}
