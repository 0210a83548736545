import type {
  DeviceV1,
  ModelSourceV1,
  PlacementV1,
  SelectionReport,
  Tensors,
  ValueInfo,
} from '@switchyard/core';
import type { IsolatedRunOptions, IsolatedSession, SessionIsolation } from './isolation/isolated-session.ts';
import { watchForLeak } from './isolation/leak-watch.ts';

/** A model as callers name it: a path, or where its bytes are. */
export type ModelInput = string | ModelSourceV1;

/**
 * What one run may ask for. `signal` and `timeoutMs` give up a run: one that has not begun at once, one
 * that has by ending its process (isolation `process`; what waits behind it runs on the next process), or
 * for the caller only, while the engine goes on (`thread`; `inline`, when the engine lets the caller go on).
 */
export interface RunOptions extends IsolatedRunOptions {}

/** An open model on the backend that selection chose. */
export interface Session extends AsyncDisposable {
  /** Why it runs where it runs: the same document as `switchyard explain --json`. */
  readonly selection: SelectionReport;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** The device as the engine reported it after opening. */
  readonly device: DeviceV1;
  /** Execution providers that the session was opened with, in the engine's own names. */
  readonly executionProviders: readonly string[];
  /** How the model is separated from this thread, and what happened to its process. */
  readonly isolation: SessionIsolation;
  /**
   * Runs the model once. Calls are answered in the order in which they were made, and wait for their
   * turn without limit. The feeds must not change until the promise settles.
   *
   * @throws TensorError when a feed does not fit, ExecutionError when the engine fails
   */
  run(feeds: Tensors, options?: RunOptions): Promise<Tensors>;
  /** Where the nodes are, as far as the engine tells; with feeds, measured in one more run. */
  placement(feeds?: Tensors): Promise<PlacementV1>;
  /** Waits for the calls that were made, then releases the session; calling it again does nothing. */
  readonly close: () => Promise<void>;
}

/** Puts the user's face on a backend's session. */
export function wrapSession(inner: IsolatedSession, selection: SelectionReport, closed: () => void): Session {
  let closing: Promise<void> | undefined;
  let unwatch: (() => void) | undefined;
  const close = (): Promise<void> => {
    unwatch?.();
    closing ??= inner[Symbol.asyncDispose]().finally(closed);
    return closing;
  };
  const session: Session = {
    selection,
    inputs: inner.inputs,
    outputs: inner.outputs,
    device: inner.device,
    executionProviders: inner.executionProviders,
    get isolation() {
      return inner.isolation;
    },
    run: (feeds, options) => inner.doRun(feeds, options),
    placement: (feeds) => inner.doPlacement(feeds === undefined ? undefined : { feeds }),
    close,
    [Symbol.asyncDispose]: close,
  };
  unwatch = watchForLeak(session, { backend: selection.selected?.backend ?? 'unknown', close });
  return session;
}
