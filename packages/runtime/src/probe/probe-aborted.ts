import { ExecutionError } from '@switchyard/core';

/** The caller does not want to know any more. */
export function probeAborted(id: string, signal: AbortSignal | undefined): ExecutionError {
  return new ExecutionError('aborted', `The probe of \`${id}\` was aborted.`, {
    backend: id,
    cause: signal?.reason,
  });
}
