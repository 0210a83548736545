import type { ErrorCode } from './error-codes.ts';
import { SwitchyardError } from './switchyard-error.ts';

/** A setting cannot be understood, or a configuration file cannot be read. */
export class SettingsError extends SwitchyardError {
  /** The literal flag, variable, or file and line. */
  readonly source: string;

  constructor(
    code: Extract<
      ErrorCode,
      'invalid-value' | 'conflict' | 'unknown-backend' | 'config-malformed' | 'host-facts-invalid'
    >,
    message: string,
    details: { readonly source: string; readonly remedy?: string | null; readonly cause?: unknown },
  ) {
    super(code, message, details);
    this.source = details.source;
  }
}
