import type { ExecutorConfig, ModelExecutor } from '../execution/model-executor.ts';
import type { ModelEvent } from '../operation/observer.ts';
import type { ModelDefaults } from './config/executor-config.ts';
import type { PrivateCopies } from './files/copy-files.ts';
import type { FoundModel } from './files/found-model.ts';

/** What all models of a repository share. */
export interface LoadContext {
  readonly openExecutor: (modelPath: string, config: ExecutorConfig) => Promise<ModelExecutor>;
  readonly defaults: ModelDefaults;
  readonly limit: <Result>(task: () => Promise<Result>) => Promise<Result>;
  readonly onEvent: (event: ModelEvent) => void;
  /** Copies files that are to be loaded; `null` to load them where they are. @throws when they changed */
  readonly copyFiles: ((files: ReadonlyMap<string, string>) => Promise<PrivateCopies>) | null;
  /** Whether a version that cannot be copied is not loaded at all. */
  readonly insistsOnCopies: boolean;
  /** Ends loads when the repository is released. */
  readonly signal: AbortSignal;
  /** Ends what still runs, and what is still held, when the release takes too long. */
  readonly forced: AbortSignal;
}

/** What a load is made from. */
export interface LoadSource {
  readonly found: FoundModel;
  /** JSON that takes the place of `config.pbtxt`. */
  readonly config: string | null;
  /** Holds files that belong to the load alone; gives the function that lets them go. `null` for the repository's. */
  readonly hold: (() => () => Promise<void>) | null;
}
