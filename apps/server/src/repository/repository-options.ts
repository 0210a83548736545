import type { ExecutorConfig, ModelExecutor } from '../execution/model-executor.ts';
import type { ModelEvent } from '../operation/observer.ts';
import type { ModelDefaults } from './config/executor-config.ts';

/** Who decides what is loaded, as Triton's `--model-control-mode`. */
export type RepositoryControl =
  /** Everything at start, and nothing after it. */
  | { readonly mode: 'none' }
  /** What clients load and unload. `load` are names that are loaded at start, `*` for everything. */
  | { readonly mode: 'explicit'; readonly load?: readonly string[] }
  /** What the files say, at start and whenever they change. */
  | {
      readonly mode: 'watch';
      /** (optional) `events` asks the file system and looks now and then too; `poll` only looks. Default: `events`. */
      readonly method?: 'events' | 'poll';
      /** (optional) Milliseconds between two looks without a reason. Default: 15000. */
      readonly intervalMs?: number;
      /** (optional) Milliseconds in which nothing may change before files count as complete. Default: 1000. */
      readonly settleMs?: number;
    };

/** Whether models are loaded from copies of their files. */
export type ModelCopies = 'auto' | 'always' | 'never';

export interface ModelRepositoryOptions {
  /** Files and folders with models. */
  readonly sources: readonly string[];
  /** Loads and warms a version. The promise resolves when it can take requests. */
  readonly openExecutor: (modelPath: string, config: ExecutorConfig) => Promise<ModelExecutor>;
  /** (optional) Default: `none`. */
  readonly control?: RepositoryControl;
  /**
   * (optional) What a client's load may bring along: nothing, a configuration, or files too. Default:
   * `config`. Only with the control mode `explicit`.
   */
  readonly overrides?: 'none' | 'config' | 'files';
  /** (optional) What holds where a configuration says nothing. */
  readonly defaults?: Partial<ModelDefaults>;
  /** (optional) Whether a model that is not ready makes the server not ready. Default: true. */
  readonly strictReadiness?: boolean;
  /** (optional) Versions that are loaded at the same time. Default: 2. */
  readonly maxConcurrentLoads?: number;
  /**
   * (optional) Whether files are copied before they are loaded, so that a process that takes the place of
   * one that ended reads what was loaded, whatever became of the files. It costs the space of the models
   * where the file system cannot share it. `auto`: where files may change (`explicit` and `watch`), and a
   * file that cannot be copied is loaded from its place. Without a copy, a process that ended is replaced
   * only while the files are what they were. Default: `auto`.
   */
  readonly modelCopies?: ModelCopies;
  /** (optional) Where copies, and files that a load brought along, are kept. Default: the system's folder. */
  readonly temporaryFolder?: string;
  /** (optional) Told of what happens to models. Default: nobody is told. */
  readonly onEvent?: (event: ModelEvent) => void;
}
