import type { Reason } from '../backend/v1/reason-v1.ts';
import { SwitchyardError } from './switchyard-error.ts';

/** The engine of a backend could not be loaded or could not open a session; the model is not at fault. */
export class EngineError extends SwitchyardError {
  /** Id of the backend. */
  readonly backend: string;
  /** The same fact as selection reports it. */
  readonly reason: Reason;

  constructor(details: { readonly backend: string; readonly reason: Reason; readonly cause?: unknown }) {
    super(details.reason.code, details.reason.message, {
      remedy: details.reason.remedy,
      cause: details.cause,
    });
    this.backend = details.backend;
    this.reason = details.reason;
  }
}
