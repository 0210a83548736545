import {
  ExecutionError,
  SwitchyardError,
  checkFeeds,
  checkOutputNames,
  errorText,
  type BackendSessionV1,
} from '@switchyard/core';
import type { EngineModel } from './engine.ts';
import { ID, TITLE } from './identity.ts';

/** Puts the face of the contract on an open model. */
export function sessionOf(model: EngineModel): BackendSessionV1 {
  let closing: Promise<void> | undefined;
  const underWay = new Set<Promise<unknown>>();
  const names = model.outputs.map(({ name }) => name);
  const throwIfClosed = (): void => {
    if (closing === undefined) return;
    throw new ExecutionError('session-closed', 'The session was released before the call.', { backend: ID });
  };
  const tracked = async <Result>(work: Promise<Result>): Promise<Result> => {
    underWay.add(work);
    try {
      return await work;
    } catch (cause) {
      const message = `${TITLE} failed while it was running: ${errorText(cause).replace(/\.$/, '')}.`;
      throw new ExecutionError('run-failed', message, { backend: ID, cause });
    } finally {
      underWay.delete(work);
    }
  };
  return {
    inputs: model.inputs,
    outputs: model.outputs,
    device: model.device,
    executionProviders: model.executionProviders,
    async doRun(feeds, { signal, outputs = names } = {}) {
      throwIfClosed();
      checkFeeds(model.inputs, feeds);
      checkOutputNames(model.outputs, outputs);
      throwIfAborted(signal);
      return tracked(model.run(feeds, outputs));
    },
    async doPlacement({ feeds } = {}) {
      throwIfClosed();
      if (feeds !== undefined) checkFeeds(model.inputs, feeds);
      return tracked(model.placement(feeds));
    },
    async [Symbol.asyncDispose]() {
      // The engine must not lose its memory under a run.
      closing ??= Promise.allSettled(underWay).then(() => model.release());
      await closing;
    },
  };
}

/** Aborting is an error of ours, with the reason of the signal as its cause. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  const cause: unknown = signal.reason;
  throw new ExecutionError('aborted', 'The operation was aborted before it began.', { backend: ID, cause });
}

/** Whether an error already says in the words of the contract what was wrong. */
export function isTold(error: unknown): boolean {
  return SwitchyardError.isInstance(error);
}
