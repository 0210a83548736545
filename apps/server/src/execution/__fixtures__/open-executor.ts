import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCpuBackend } from '@switchyard/backend-cpu';
import { makeTensor, tensorValues, type Tensors } from '@switchyard/core';
import { createRuntime } from '@switchyard/runtime';
import type { ModelEvent } from '../../operation/observer.ts';
import type {
  BatchingPolicy,
  ExecutionRequest,
  ExecutorConfig,
  ModelExecutor,
  QueuePolicy,
} from '../model-executor.ts';
import { openModelExecutor } from '../open-model-executor.ts';
import { createRowsBackend } from './rows-backend.ts';

export const QUEUE: QueuePolicy = {
  maxSize: 1000,
  timeoutMicros: 0,
  allowTimeoutOverride: true,
  timeoutAction: 'REJECT',
};
export const BATCHING: BatchingPolicy = { preferredSizes: [], maxDelayMicros: 0, preserveOrdering: false };

export interface Opened extends AsyncDisposable {
  readonly executor: ModelExecutor;
  readonly events: ModelEvent[];
  readonly log: string;
  /** Tags of the rows of every run that began. */
  readonly runs: () => readonly (readonly number[])[];
}

export function configOf(changes: Partial<ExecutorConfig> = {}): ExecutorConfig {
  return {
    model: 'm',
    version: '1',
    maxBatchSize: 64,
    batching: null,
    priorityLevels: 0,
    defaultPriority: 0,
    queue: QUEUE,
    queueByPriority: new Map(),
    instances: 1,
    executionTimeoutMs: 0,
    warmup: [],
    cacheBytes: 0,
    open: {},
    ...changes,
  };
}

/** Opens the rows backend, each time with a log of its own, or a model on the CPU. */
export async function openExecutor(
  changes: Partial<ExecutorConfig> = {},
  model: Uint8Array | null = null,
): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-execution-'));
  const log = join(folder, 'runs.log');
  const path = join(folder, 'model.onnx');
  writeFileSync(path, model ?? new Uint8Array([1]));
  const runtime = await createRuntime({
    backends: [model === null ? createRowsBackend(log) : createCpuBackend()],
    settings: [],
    cache: null,
  });
  const events: ModelEvent[] = [];
  const open = model === null ? { backend: 'rows' } : { backend: 'cpu' };
  const config = configOf({ ...changes, open: { ...open, ...changes.open } });
  const executor = await openModelExecutor(runtime, path, config, { model: (event) => events.push(event) });
  return {
    executor,
    events,
    log,
    runs: () =>
      existsSync(log)
        ? readFileSync(log, 'utf8')
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => JSON.parse(line) as number[])
        : [],
    async [Symbol.asyncDispose]() {
      await executor[Symbol.asyncDispose]();
      await runtime.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function requestOf(feeds: Tensors, changes: Partial<ExecutionRequest> = {}): ExecutionRequest {
  return {
    feeds,
    outputs: null,
    rows: 1,
    priority: 0,
    queueTimeoutMicros: 0,
    deadline: null,
    signal: new AbortController().signal,
    ...changes,
  };
}

/** A request of one row for the rows backend. */
export function row(code: number, tag: number, changes: Partial<ExecutionRequest> = {}): ExecutionRequest {
  return requestOf({ x: makeTensor('int32', [1, 2], [code, tag]) }, changes);
}

/** The tag that came back. */
export function tagOf({ outputs }: { readonly outputs: Tensors }): number {
  return Number(tensorValues(outputs['y']!)[1]);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until something is so; the test's own time limit ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((next) => setTimeout(next, 5));
}
