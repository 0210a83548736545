import type { ExecutionRequest, ExecutionResult } from './model-executor.ts';
import type { QueueLine } from './queue-line.ts';
import type { Waiting } from './form-batch.ts';

/** A request between its call and its answer. Times are milliseconds of `performance.now()`. */
export class QueueEntry implements Waiting {
  readonly request: ExecutionRequest;
  readonly rows: number;
  readonly since: number;
  readonly deadline: number;
  /** Where its result is kept, `null` for nowhere. */
  readonly cacheKey: string | null;
  /** When its wait becomes too long. */
  expiresAt: number = Infinity;
  level = 0;
  alone: boolean;
  settled = false;
  /** What it is answered with, while earlier ones have no answer yet. */
  outcome: ExecutionResult | Error | null = null;
  line: QueueLine | null = null;
  next: QueueEntry | null = null;
  previous: QueueEntry | null = null;
  readonly #resolve: (result: ExecutionResult) => void;
  readonly #reject: (error: Error) => void;
  #onAbort: ((entry: QueueEntry) => void) | null = null;

  constructor(
    request: ExecutionRequest,
    since: number,
    cacheKey: string | null,
    resolve: (result: ExecutionResult) => void,
    reject: (error: Error) => void,
  ) {
    this.request = request;
    this.rows = request.rows;
    // Without rows there is nothing to tell its part of a batch by.
    this.alone = request.rows < 1;
    this.since = since;
    this.deadline = request.deadline ?? Infinity;
    this.cacheKey = cacheKey;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  answer(outcome: ExecutionResult | Error): void {
    if (outcome instanceof Error) this.#reject(outcome);
    else this.#resolve(outcome);
  }

  /** Being the listener itself spares a function for every request. */
  handleEvent(): void {
    this.#onAbort?.(this);
  }

  listen(onAbort: (entry: QueueEntry) => void): void {
    if (this.#onAbort !== null) return;
    this.#onAbort = onAbort;
    this.request.signal.addEventListener('abort', this);
  }

  unlisten(): void {
    if (this.#onAbort === null) return;
    this.#onAbort = null;
    this.request.signal.removeEventListener('abort', this);
  }
}
