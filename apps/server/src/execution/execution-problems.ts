import { errorText, ExecutionError, TensorError } from '@switchyard/core';
import { ProtocolError } from '@switchyard/open-inference';

/** The words of clients that wait in vain; some of them match the text. */
export function queueFull(retryAfterSeconds: number): ProtocolError {
  return new ProtocolError('unavailable', 'Exceeds maximum queue size', { retryAfterSeconds });
}

export function queueTimeout(retryAfterSeconds: number): ProtocolError {
  return new ProtocolError('unavailable', 'Request timeout expired', { retryAfterSeconds });
}

export function deadlinePassed(model: string): ProtocolError {
  return new ProtocolError('deadline', `the deadline of the request passed before model '${model}' answered`);
}

export function cancelled(model: string): ProtocolError {
  return new ProtocolError('cancelled', `the request for model '${model}' was cancelled`);
}

export function executionTimedOut(model: string, limitMs: number): ProtocolError {
  return new ProtocolError(
    'deadline',
    `model '${model}' did not finish within its execution timeout of ${limitMs} ms; the run was ended`,
  );
}

export function shuttingDown(model: string): ProtocolError {
  return new ProtocolError('unavailable', `model '${model}' is being unloaded`, { retryAfterSeconds: 1 });
}

export function circuitOpen(model: string, reason: string, retryAfterSeconds: number): ProtocolError {
  return new ProtocolError('unavailable', `model '${model}' is not available: ${reason}`, {
    retryAfterSeconds,
  });
}

/** What a run that failed means to the client. */
export function runProblem(model: string, error: unknown): ProtocolError {
  if (ProtocolError.isInstance(error)) return error;
  if (TensorError.isInstance(error) && error.code !== 'output-unwritable') {
    return new ProtocolError('invalid-argument', error.message, { cause: error });
  }
  if (ExecutionError.isInstance(error) && error.hostEnd !== null) {
    const how = error.hostEnd.replace(/^(?:ended with|exited with) /, '');
    return new ProtocolError('internal', `backend process for '${model}' ended (${how})`, { cause: error });
  }
  return new ProtocolError('internal', errorText(error), { cause: error });
}
