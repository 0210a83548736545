import { ExecutionError } from '@switchyard/core';
import { ID } from './wasm-facts.ts';

let tail: Promise<unknown> = Promise.resolve();

/**
 * Calls the engine when every earlier call of any session is over. It has one stack and one table of external
 * data for all of its sessions, and waits in the middle of its calls: two at once would damage each other.
 *
 * @throws ExecutionError `aborted` as soon as the signal aborts while the call still waits
 */
export async function inTurn<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const before = tail;
  const abort = (): void => reject(aborted(signal));
  if (signal?.aborted === true) abort();
  else signal?.addEventListener('abort', abort, { once: true });
  const settle = async (): Promise<void> => {
    await before;
    signal?.removeEventListener('abort', abort);
    if (signal?.aborted !== true) await work().then(resolve, reject);
  };
  tail = settle();
  return await promise;
}

/** The error of a call that was aborted before the engine began it. */
export function aborted(signal: AbortSignal | undefined): ExecutionError {
  return new ExecutionError('aborted', 'The operation was aborted before the engine began it.', {
    backend: ID,
    cause: signal?.reason,
  });
}
