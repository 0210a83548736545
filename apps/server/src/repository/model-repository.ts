import type { ModelConfigJson, RepositoryIndexEntry } from '@switchyard/open-inference';
import type { ModelExecutor } from '../execution/model-executor.ts';

/** A loaded version of a model. */
export interface ServedModel {
  readonly name: string;
  readonly version: string;
  /** Versions of the same model that are READY now, ascending. */
  versions(): readonly string[];
  /** Most rows of a request; 0 for a model whose first dimension is not a batch. */
  readonly maxBatchSize: number;
  readonly config: ModelConfigJson;
  readonly executor: ModelExecutor;
  /** Labels of an output by index, `null` where it has none. */
  labels(output: string): readonly string[] | null;
  /** SHA-256 over the model's files, in hex: what is being served. */
  readonly contentHash: string;
}

/** A hold on a version, which stays loaded until it is released. */
export interface ModelLease extends Disposable {
  readonly model: ServedModel;
}

/** What a load may be told: `config` as JSON text and `file:<version>/<name>` overrides. */
export interface LoadOptions {
  readonly config: string | null;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * The models of a server. Everything that a request names is looked up in a map, never on the disk.
 * Errors are `ProtocolError` with the texts of the protocol's reference.
 */
export interface ModelRepository extends AsyncDisposable {
  /** Finds and loads what is to be served at start. A model that fails is UNAVAILABLE with its reason. */
  start(): Promise<void>;
  /** The version asked for; `''` is the latest that is READY. @throws not-found, unavailable, invalid-argument */
  find(name: string, version: string): ServedModel;
  /** The same, held until it is released. */
  lease(name: string, version: string): ModelLease;
  /** Every READY version. */
  loaded(): readonly ServedModel[];
  index(onlyReady: boolean): readonly RepositoryIndexEntry[];
  /** Resolves when READY. @throws what the load failed with; what served before goes on serving */
  load(name: string, options: LoadOptions): Promise<void>;
  /** Resolves at once; requests under way come to their end. */
  unload(name: string, options: { readonly dependents: boolean }): Promise<void>;
  /** Whether every model that is to be served is READY and its instances are healthy; with why not. */
  /**
   * The same as disposal, until the signal aborts: then requests that still hold a version lose it, what
   * waits or runs is rejected, and processes are ended at once.
   */
  close(signal?: AbortSignal): Promise<void>;
  readiness(): { readonly ready: boolean; readonly reason: string };
}
