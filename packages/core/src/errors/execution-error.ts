import type { ErrorCode } from './error-codes.ts';
import { SwitchyardError } from './switchyard-error.ts';

/** A session failed while it was running, or was used after it was released. */
export class ExecutionError extends SwitchyardError {
  /** Id of the backend. */
  readonly backend: string;
  /**
   * How the thread or process that ran the model ended, a clause as in `ended with signal SIGSEGV`; `null`
   * where none ended, so that the session goes on as it was.
   */
  readonly hostEnd: string | null;

  constructor(
    code: Extract<ErrorCode, 'run-failed' | 'session-closed' | 'aborted' | 'timed-out' | 'engine-failed'>,
    message: string,
    details: {
      readonly backend: string;
      readonly hostEnd?: string | null;
      readonly remedy?: string | null;
      readonly cause?: unknown;
    },
  ) {
    super(code, message, details);
    this.backend = details.backend;
    this.hostEnd = details.hostEnd ?? null;
  }
}
