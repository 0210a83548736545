import type { ErrorCode } from './error-codes.ts';
import { SwitchyardError } from './switchyard-error.ts';

/** An object was refused at registration, before any of its code ran. */
export class RegistrationError extends SwitchyardError {
  /** Package, id, or whatever else names the object that was refused. */
  readonly subject: string;

  constructor(
    code: Extract<ErrorCode, 'registration-invalid' | 'duplicate-backend' | 'api-mismatch'>,
    message: string,
    details: { readonly subject: string; readonly remedy?: string | null },
  ) {
    super(code, message, details);
    this.subject = details.subject;
  }
}
