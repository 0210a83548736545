import type {
  BackendSessionV1,
  DeviceV1,
  ModelSourceV1,
  PlacementV1,
  SelectionReport,
  Tensors,
  ValueInfo,
} from '@switchyard/core';

/** A model as callers name it: a path, or where its bytes are. */
export type ModelInput = string | ModelSourceV1;

export interface RunOptions {
  /** (optional) Ends the run where the backend can be interrupted. Default: never. */
  readonly signal?: AbortSignal;
  /** (optional) Names of the outputs to compute. Default: all. */
  readonly outputs?: readonly string[];
}

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
  /**
   * Runs the model once.
   *
   * @throws TensorError when a feed does not fit, ExecutionError when the engine fails
   */
  run(feeds: Tensors, options?: RunOptions): Promise<Tensors>;
  /** Where the nodes are, as far as the engine tells. */
  placement(): Promise<PlacementV1>;
  /** Releases the session; calling it again does nothing. */
  close(): Promise<void>;
}

/** Puts the user's face on a backend's session. */
export function wrapSession(
  inner: BackendSessionV1,
  selection: SelectionReport,
  closed: () => void,
): Session {
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= inner[Symbol.asyncDispose]().finally(closed);
    return closing;
  };
  return {
    selection,
    inputs: inner.inputs,
    outputs: inner.outputs,
    device: inner.device,
    executionProviders: inner.executionProviders,
    run: (feeds, options = {}) => inner.doRun(feeds, options),
    placement: () => inner.doPlacement(),
    close,
    [Symbol.asyncDispose]: close,
  };
}
