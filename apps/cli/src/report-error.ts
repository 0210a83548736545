import { errorText, SelectionError, SwitchyardError, type SelectionReport } from '@switchyard/core';
import type { CliContext } from './cli-context.ts';
import { AcquireError } from './acquisition/acquire-error.ts';
import { isOnnxFileError, statusOfError } from './exit-status.ts';
import { styleFor } from './terminal/style.ts';
import { UsageError } from './usage-error.ts';

/** What `--json` prints on standard output in place of a result. */
export interface ErrorDocument {
  readonly error: {
    /** A code of `docs/reference/errors.md`, one of `ACQUIRE_CODES`, or `usage`, `aborted` or `internal`. */
    readonly code: string;
    readonly message: string;
    /** What the reader can type or do; it is part of `message` too. */
    readonly remedy: string | null;
    /** Only where selection refused: the whole report. */
    readonly selection?: SelectionReport;
  };
}

/** Says what went wrong, in the form that was asked for, and returns the exit status. */
export function reportError(error: unknown, context: CliContext, json: boolean, color: boolean): number {
  const status = statusOfError(error);
  const document = errorDocument(error);
  if (json) {
    context.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    const style = styleFor(context.stderr, context.environment, color);
    const { message, remedy } = document.error;
    const said =
      remedy !== null && message.endsWith(remedy) ? message.slice(0, -remedy.length).trimEnd() : message;
    context.stderr.write(`${style('red', 'error:')} ${said}\n`);
    if (remedy !== null) context.stderr.write(`${style('cyan', '  ->')} ${remedy}\n`);
  }
  if (status === 1 && isOn(context.environment['SWITCHYARD_DEBUG']) && error instanceof Error) {
    context.stderr.write(`${error.stack ?? ''}\n`);
  }
  return status;
}

/** The same for programs. */
function errorDocument(error: unknown): ErrorDocument {
  if (SelectionError.isInstance(error)) {
    const { code, message, remedy, selection } = error;
    return { error: { code, message, remedy, selection } };
  }
  if (SwitchyardError.isInstance(error) || UsageError.isInstance(error) || AcquireError.isInstance(error)) {
    return { error: { code: error.code, message: error.message, remedy: error.remedy } };
  }
  if (isOnnxFileError(error)) {
    return { error: { code: error.code, message: error.message, remedy: null } };
  }
  if (statusOfError(error) === 130) {
    return { error: { code: 'aborted', message: 'It was interrupted.', remedy: null } };
  }
  return {
    error: {
      code: 'internal',
      message: `Something happened that should not: ${errorText(error)}. This is a bug of Switchyard.`,
      remedy: 'Run it again with SWITCHYARD_DEBUG=1 and report what it prints.',
    },
  };
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false', 'no', 'off'].includes(value.toLowerCase());
}
