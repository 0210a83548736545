import type { Tensors, ValueInfo } from '../../tensor/tensor.ts';
import type { DeviceV1 } from './device-v1.ts';

/** A model, by file or by content. */
export type ModelSourceV1 =
  /** Absolute path of an ONNX file; external data is looked for beside it. */
  | { readonly path: string }
  /** Content of an ONNX file without external data, and a name for messages. */
  | { readonly bytes: Uint8Array; readonly name: string };

/** Where the nodes of one session ran. */
export interface PlacementV1 {
  /** Which record of the engine this was read from, or why there is none. */
  readonly source: string;
  /** Whether every node, those in subgraphs included, is accounted for. */
  readonly complete: boolean;
  readonly providers: readonly {
    /** Execution provider as the engine names it: `CUDAExecutionProvider`. */
    readonly name: string;
    /** Nodes placed there, or `null` where the engine does not tell. */
    readonly nodes: number | null;
    /** Share of the execution time from 0 to 1, or `null` where it was not measured. */
    readonly timeShare: number | null;
    /** (optional) Nodes by operator, as in `{ Conv: 12 }`. Default: the engine does not tell. */
    readonly operators?: Readonly<Record<string, number>>;
  }[];
  /** Parts that the graph was cut into, or `null` where it is not known. */
  readonly partitions: number | null;
}

/** What one run may ask for beyond its feeds. */
export interface BackendRunOptionsV1 {
  /** (optional) Ends a run that has not begun; one that has goes on. Default: never. */
  readonly signal?: AbortSignal;
  /** (optional) Names of the outputs to compute. Default: all. */
  readonly outputs?: readonly string[];
}

/** An open model. Plugin side: users call the runtime, the runtime calls these. */
export interface BackendSessionV1 {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** The device as read back from the engine after opening, not the one that was asked for. */
  readonly device: DeviceV1;
  /** Execution providers that the session was opened with, in the engine's own names. */
  readonly executionProviders: readonly string[];
  /**
   * Runs the model once. `feeds` holds every input by name; the tensors must not change until the
   * promise settles. `outputs` limits what is computed; all outputs when it is left out.
   * Rejects with a `TensorError` for a feed that does not fit and an `ExecutionError` when the engine fails.
   */
  doRun(feeds: Tensors, options?: BackendRunOptionsV1): Promise<Tensors>;
  /**
   * Where the nodes are, as far as the engine tells. With `feeds` the model is run once more and
   * measured, which takes longer and tells more.
   */
  doPlacement(request?: { readonly feeds?: Tensors }): Promise<PlacementV1>;
  /** Releases the session. Calling it again does nothing. */
  [Symbol.asyncDispose](): Promise<void>;
}
