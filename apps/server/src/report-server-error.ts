import type { Writable } from 'node:stream';
import { errorText, ModelError, SelectionError, SettingsError, SwitchyardError } from '@switchyard/core';
import { ServerUsageError } from './options/usage-error.ts';

/** Says in one line what went wrong, and returns the exit status (docs/reference/exit-statuses.md). */
export function reportServerError(
  error: unknown,
  stderr: Writable,
  environment: Readonly<Record<string, string | undefined>>,
): number {
  const known = SwitchyardError.isInstance(error) || ServerUsageError.isInstance(error);
  const message = known
    ? error.message
    : `Something happened that should not: ${errorText(error)}. This is a bug of Switchyard.`;
  stderr.write(`error: ${message.replaceAll(/\s*\n\s*/g, ' ')}\n`);
  if (!known && environment['SWITCHYARD_DEBUG'] === '1' && error instanceof Error) {
    stderr.write(`${error.stack ?? ''}\n`);
  }
  if (ServerUsageError.isInstance(error) || SettingsError.isInstance(error)) return 2;
  if (SelectionError.isInstance(error)) return 3;
  return ModelError.isInstance(error) ? 4 : 1;
}
