import type { ErrorCode } from './error-codes.ts';
import { SwitchyardError } from './switchyard-error.ts';

/** A tensor, a feed or the name of an output does not fit the model. */
export class TensorError extends SwitchyardError {
  /** Name of the input or output, or `null` where the error is about a tensor on its own. */
  readonly tensor: string | null;

  constructor(
    code: Extract<ErrorCode, `input-${string}` | `output-${string}`>,
    message: string,
    details: {
      readonly tensor?: string | null;
      readonly remedy?: string | null;
      readonly cause?: unknown;
    } = {},
  ) {
    super(code, message, details);
    this.tensor = details.tensor ?? null;
  }
}
