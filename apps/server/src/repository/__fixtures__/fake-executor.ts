import { readFile } from 'node:fs/promises';
import type { ExecutorConfig, ModelExecutor } from '../../execution/model-executor.ts';

/** What a fake executor was opened with, and what became of it. */
export interface FakeExecutor extends ModelExecutor {
  readonly modelPath: string;
  readonly config: ExecutorConfig;
  /** The model's bytes as they were when it was opened. */
  readonly bytes: Uint8Array;
  readonly disposed: boolean;
  state: 'ready' | 'failed';
}

export interface FakeOpener {
  readonly open: (modelPath: string, config: ExecutorConfig) => Promise<FakeExecutor>;
  readonly opened: readonly FakeExecutor[];
  /** Called between reading the model and resolving; a throw is a load that failed. */
  before: (modelPath: string, config: ExecutorConfig) => Promise<void> | void;
}

/** Stands in for an engine where a test is about files and versions, not about execution. */
export function fakeOpener(): FakeOpener {
  const opened: FakeExecutor[] = [];
  const opener: FakeOpener = {
    opened,
    before: () => undefined,
    open: async (modelPath, config) => {
      const bytes = await readFile(modelPath);
      await opener.before(modelPath, config);
      let disposed = false;
      const executor: FakeExecutor = {
        modelPath,
        config,
        bytes,
        state: 'ready',
        get disposed() {
          return disposed;
        },
        inputs: [],
        outputs: [],
        selection: {} as never,
        truth: {
          backend: 'fake',
          device: { id: 'fake:0', kind: 'cpu', name: 'A device that is none' } as never,
          executionProviders: ['FakeExecutionProvider'],
          fallback: null,
          reason: 'It is a test.',
        },
        statistics: {} as never,
        run: () => Promise.reject(new Error('A fake runs nothing.')),
        health: () => ({ state: executor.state, reason: executor.state === 'ready' ? '' : 'it broke', instances: [] }),
        pending: () => 0,
        residentBytes: () => null,
        [Symbol.asyncDispose]: async () => {
          if (disposed) throw new Error('It was released already.');
          disposed = true;
        },
      };
      opened.push(executor);
      return executor;
    },
  };
  return opener;
}
