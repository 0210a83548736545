import type { ErrorCode } from './error-codes.ts';
import { SwitchyardError } from './switchyard-error.ts';

/** A session failed while it was running, or was used after it was released. */
export class ExecutionError extends SwitchyardError {
  /** Id of the backend. */
  readonly backend: string;

  constructor(
    code: Extract<ErrorCode, 'run-failed' | 'session-closed' | 'aborted' | 'timed-out' | 'engine-failed'>,
    message: string,
    details: { readonly backend: string; readonly remedy?: string | null; readonly cause?: unknown },
  ) {
    super(code, message, details);
    this.backend = details.backend;
  }
}
