import type {
  BackendRunOptionsV1,
  BackendSessionV1,
  IsolationV1,
  PlacementV1,
  Tensors,
} from '@switchyard/core';

/** What one run may ask for of the runtime beyond what it may ask for of a backend. */
export interface IsolatedRunOptions extends BackendRunOptionsV1 {
  /**
   * (optional) Milliseconds from the call after which the run is given up with `timed-out`, waiting
   * included. Default: it may take for ever.
   */
  readonly timeoutMs?: number;
  /**
   * (optional) Memory for results by output name, of exactly the size of the result; otherwise the run
   * fails with `output-unwritable`. Default: every result gets new memory. String tensors ignore it.
   */
  readonly into?: Readonly<Record<string, Uint8Array>>;
  /**
   * (optional) Whether its process takes the time to hear that a run was given up before it begins: two
   * turns of its event loop before each run that waited there for its turn. Without it such a run may
   * still be made, and its result is dropped. It says nothing about runs without `signal` and `timeoutMs`.
   * Default: true.
   */
  readonly skippable?: boolean;
  /**
   * (optional) The memory of the feeds may be moved away, after which the caller cannot use it; in a
   * thread this saves a copy. Default: false.
   */
  readonly transfer?: boolean;
}

/** How a session is separated from its caller, and what happened to it. */
export interface SessionIsolation {
  readonly kind: IsolationV1;
  /** Id of the process that runs the model, `null` while it is being replaced. */
  readonly pid: number | null;
  /** Folder through which large tensors go, or `null` where they do not. */
  readonly sharedMemory: string | null;
  /** How many times the thread or process was replaced. */
  readonly replaced: number;
  /** What happened that nobody was told of otherwise, oldest first. */
  readonly notes: readonly string[];
}

/** What became of the thread or process of an open session. */
export type IsolationEvent =
  | {
      readonly kind: 'ended';
      /** A clause without full stop: `ended with signal SIGSEGV`. */
      readonly how: string;
      /** A sentence with its last words, or `null` where there were none. */
      readonly evidence: string | null;
      /** Whether it was ended because a run was given up, and not by itself. */
      readonly intended: boolean;
      /** Whether another one is being started now. Otherwise the next call starts it. */
      readonly reopening: boolean;
    }
  /** Another one took its place. */
  | { readonly kind: 'replaced' }
  /** No other could be started; every call from now on is rejected. `reason` is a sentence. */
  | { readonly kind: 'lost'; readonly reason: string };

/** A session of a backend that runs inline, in a thread, or in a process. */
export interface IsolatedSession extends BackendSessionV1 {
  readonly isolation: SessionIsolation;
  doRun(feeds: Tensors, options?: IsolatedRunOptions): Promise<Tensors>;
  doPlacement(request?: { readonly feeds?: Tensors }): Promise<PlacementV1>;
}
