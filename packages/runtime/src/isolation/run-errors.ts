import { ExecutionError, SettingsError, TensorError } from '@switchyard/core';
import type { HostEnd } from './isolated-host.ts';

export function closedError(backend: string): ExecutionError {
  return new ExecutionError('session-closed', 'The session was released, so that it cannot run.', {
    backend,
    remedy: 'Open the model again.',
  });
}

export function abortedError(backend: string, reason: unknown): ExecutionError {
  return new ExecutionError('aborted', 'The caller aborted the run.', { backend, cause: reason });
}

export function timedOutError(backend: string, timeoutMs: number): ExecutionError {
  return new ExecutionError('timed-out', `The run was not done after ${timeoutMs} ms and was given up.`, {
    backend,
    remedy: 'Raise `timeoutMs`, or find out with `switchyard bench` how long the model takes.',
  });
}

export function crashedError(backend: string, kind: string, end: HostEnd): ExecutionError {
  const evidence = end.evidence === null ? '' : ` ${end.evidence}`;
  return new ExecutionError(
    'run-failed',
    `The ${kind} that ran the model ${end.how} in mid-run.${evidence}`,
    { backend, hostEnd: end.how },
  );
}

export function brokenError(backend: string, cause: unknown): ExecutionError {
  const words = cause instanceof Error ? cause.message : String(cause);
  return new ExecutionError(
    'engine-failed',
    `The session was lost, and opening the model again failed twice: ${words}`,
    { backend, cause, remedy: 'Close it and open the model again.' },
  );
}

export function intoError(output: string, found: number, wanted: number): TensorError {
  return new TensorError(
    'output-unwritable',
    `The memory given for the output \`${output}\` has ${found} bytes, but the result has ${wanted}.`,
    { tensor: output, remedy: 'Give memory of exactly that size.' },
  );
}

/** Milliseconds as a timer takes them. Throws a `SettingsError` for what is no time. */
export function checkTimeout(timeoutMs: number): number {
  if (Number.isFinite(timeoutMs) && timeoutMs > 0) return Math.min(timeoutMs, 2 ** 31 - 1);
  throw new SettingsError(
    'invalid-value',
    `\`timeoutMs\` must be a number of milliseconds above 0, but it is ${timeoutMs}.`,
    { source: 'timeoutMs', remedy: 'Leave it out to wait for ever.' },
  );
}
