import type { BackendSessionV1, Tensor, Tensors } from '@switchyard/core';
import type { IsolatedRunOptions, IsolatedSession, SessionIsolation } from './isolated-session.ts';
import { abortedError, checkTimeout, intoError, timedOutError } from './run-errors.ts';

const INLINE: SessionIsolation = Object.freeze({
  kind: 'inline',
  pid: process.pid,
  sharedMemory: null,
  replaced: 0,
  notes: Object.freeze([]),
});

/**
 * A backend's session in this very thread. A run that has begun cannot be ended: a caller who gives it
 * up gets his rejection when the engine lets the event loop go on.
 */
export function inlineSession(inner: BackendSessionV1, backend: string): IsolatedSession {
  return {
    isolation: INLINE,
    inputs: inner.inputs,
    outputs: inner.outputs,
    device: inner.device,
    executionProviders: inner.executionProviders,
    doRun: (feeds, options) =>
      options === undefined ? inner.doRun(feeds) : runWith(inner, backend, feeds, options),
    doPlacement: (request) => inner.doPlacement(request),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

async function runWith(
  inner: BackendSessionV1,
  backend: string,
  feeds: Tensors,
  options: IsolatedRunOptions,
): Promise<Tensors> {
  const { signal, timeoutMs, outputs, into } = options;
  const wanted = outputs === undefined ? {} : { outputs };
  if (signal === undefined && timeoutMs === undefined) return store(await inner.doRun(feeds, wanted), into);
  if (signal?.aborted === true) throw abortedError(backend, signal.reason);
  const ended = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => {
    reject(abortedError(backend, signal?.reason));
    ended.abort(signal?.reason);
  };
  const limit = timeoutMs === undefined ? 0 : checkTimeout(timeoutMs);
  const timer =
    limit === 0
      ? undefined
      : setTimeout(() => {
          reject(timedOutError(backend, limit));
          ended.abort();
        }, limit);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const run = inner.doRun(feeds, { ...wanted, signal: ended.signal });
    return store(await Promise.race([run, promise]), into);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Puts results into the memory that the caller gave for them. */
export function store(results: Tensors, into: IsolatedRunOptions['into'] | null): Tensors {
  if (into === undefined || into === null) return results;
  const stored: [string, Tensor][] = [];
  for (const [name, tensor] of Object.entries(results)) {
    const memory = Object.hasOwn(into, name) ? into[name] : undefined;
    if (memory === undefined || tensor.dtype === 'string') {
      stored.push([name, tensor]);
      continue;
    }
    if (memory.byteLength !== tensor.bytes.byteLength) {
      throw intoError(name, memory.byteLength, tensor.bytes.byteLength);
    }
    memory.set(tensor.bytes);
    stored.push([name, { ...tensor, bytes: memory }]);
  }
  return Object.fromEntries(stored);
}
