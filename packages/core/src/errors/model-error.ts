import type { ErrorCode } from './error-codes.ts';
import { SwitchyardError } from './switchyard-error.ts';

/** The model is at fault: it is missing, broken, or needs what the backend lacks. */
export class ModelError extends SwitchyardError {
  /** Path or name of the model. */
  readonly model: string;

  constructor(
    code: Extract<ErrorCode, `model-${string}` | `external-data-${string}`>,
    message: string,
    details: { readonly model: string; readonly remedy?: string | null; readonly cause?: unknown },
  ) {
    super(code, message, details);
    this.model = details.model;
  }
}
