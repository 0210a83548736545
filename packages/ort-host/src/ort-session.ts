import {
  ExecutionError,
  checkFeeds,
  checkOutputNames,
  putNamed,
  type BackendSessionV1,
  type DeviceV1,
  type Tensor,
  type Tensors,
  type ValueInfo,
} from '@switchyard/core';
import { engineSentence } from './engine-sentence.ts';
import type { OrtInferenceSession, OrtLibrary, OrtTensor } from './ort-library.ts';
import type { OrtProvider } from './ort-provider.ts';
import { describePlacement } from './placement/describe-placement.ts';
import { profileRun } from './placement/profile-run.ts';
import type { PlacementLogResult } from './placement/read-placement-log.ts';
import { fromOrtTensor, toOrtTensor } from './tensor-codec.ts';

/** Providers as the engine names them, by the names that the binding takes. */
export const ENGINE_NAMES: Readonly<Record<OrtProvider['name'], string>> = {
  cpu: 'CPUExecutionProvider',
  cuda: 'CUDAExecutionProvider',
  tensorrt: 'TensorrtExecutionProvider',
  coreml: 'CoreMLExecutionProvider',
  webgpu: 'WebGpuExecutionProvider',
};

interface OpenedSession {
  readonly backend: string;
  readonly engine: OrtInferenceSession;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly provider: OrtProvider['name'];
  readonly device: DeviceV1;
  /** What it takes to open the model again, to measure it. */
  readonly reopen: {
    readonly library: OrtLibrary;
    readonly model: string | Uint8Array;
    readonly options: Readonly<Record<string, unknown>>;
  };
  /** Where the nodes are, read by a process of its own; asked at most once. */
  readonly placementLog: () => Promise<PlacementLogResult>;
}

/** Wraps a session of the engine: runs one after the other, checked both ways, released once. */
export function createOrtSession(opened: OpenedSession): BackendSessionV1 {
  const { backend, engine, inputs, outputs, provider } = opened;
  // ONNX Runtime appends its CPU provider to every session; with `cpu` it is the only one.
  const executionProviders = Object.freeze([...new Set([ENGINE_NAMES[provider], ENGINE_NAMES.cpu])]);
  const inputNames = inputs.map(({ name }) => name);
  const outputNames = outputs.map(({ name }) => name);
  let tail: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let released: Promise<void> | null = null;

  const engineFeeds = (feeds: Tensors): Readonly<Record<string, OrtTensor>> =>
    recordOf(inputNames, (name) => toOrtTensor(name, feeds[name]!));
  const left = (): void => {
    waiting -= 1;
  };
  const follow = <Result>({ result, settled }: Turn<Result>): Promise<Result> => {
    waiting += 1;
    tail = settled.then(left);
    return result;
  };

  async function runNow(feeds: Tensors, wanted: readonly string[]): Promise<Tensors> {
    const given = engineFeeds(feeds);
    let results: Awaited<ReturnType<OrtInferenceSession['run']>>;
    try {
      results = await engine.run(given, wanted);
    } catch (error) {
      throw new ExecutionError(
        'run-failed',
        `ONNX Runtime failed to run the model: ${engineSentence(error)}`,
        {
          backend,
          cause: error,
        },
      );
    }
    return recordOf(wanted, (name): Tensor => fromOrtTensor(name, results[name]!));
  }

  return {
    inputs,
    outputs,
    device: opened.device,
    executionProviders,
    async doRun(feeds, options) {
      if (released !== null) throw closed(backend);
      checkFeeds(inputs, feeds);
      const wanted = options?.outputs ?? outputNames;
      if (wanted !== outputNames) checkOutputNames(outputs, wanted);
      const signal = options?.signal;
      // The usual case needs no queue: nothing is under way, and nobody can give up.
      if (waiting > 0 || signal !== undefined) {
        return follow(queued(tail, signal, backend, () => runNow(feeds, wanted)));
      }
      waiting += 1;
      const result = runNow(feeds, wanted);
      tail = result.then(left, left);
      return result;
    },
    async doPlacement({ feeds } = {}) {
      if (released !== null) throw closed(backend);
      if (feeds !== undefined) checkFeeds(inputs, feeds);
      const log = await opened.placementLog();
      if (feeds === undefined) return describePlacement({ executionProviders, log, profile: null });
      const turn = queued(tail, undefined, backend, () =>
        profileRun({ ...opened.reopen, feeds: engineFeeds(feeds), outputs: outputNames }),
      );
      return describePlacement({ executionProviders, log, profile: await follow(turn) });
    },
    async [Symbol.asyncDispose]() {
      released ??= tail.then(() => engine.release());
      await released;
    },
  };
}

/** A run with its place in the queue: what it gives, and when the next one may begin. */
interface Turn<Result> {
  readonly result: Promise<Result>;
  readonly settled: Promise<void>;
}

/** An object with these keys; a name like `__proto__` becomes a key as any other. */
function recordOf<Value>(
  names: readonly string[],
  valueOf: (name: string) => Value,
): Readonly<Record<string, Value>> {
  const record: Record<string, Value> = {};
  for (const name of names) {
    putNamed(record, name, valueOf(name));
  }
  return record;
}

/** Starts `work` when `before` is over, or rejects as soon as the signal aborts while it still waits. */
function queued<Result>(
  before: Promise<unknown>,
  signal: AbortSignal | undefined,
  backend: string,
  work: () => Promise<Result>,
): Turn<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const abort = (): void => reject(aborted(backend, signal));
  if (signal?.aborted === true) abort();
  else signal?.addEventListener('abort', abort, { once: true });
  const settle = async (): Promise<void> => {
    await before;
    signal?.removeEventListener('abort', abort);
    if (signal?.aborted !== true) await work().then(resolve, reject);
  };
  return { result: promise, settled: settle() };
}

export function aborted(backend: string, signal: AbortSignal | undefined): ExecutionError {
  return new ExecutionError('aborted', 'The operation was aborted before the engine began it.', {
    backend,
    cause: signal?.reason,
  });
}

function closed(backend: string): ExecutionError {
  return new ExecutionError('session-closed', 'The session was released, so that it cannot run.', {
    backend,
    remedy: 'Open the model again.',
  });
}
