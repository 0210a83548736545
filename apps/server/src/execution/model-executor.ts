import type { DeviceV1, SelectionReport, Tensors, ValueInfo } from '@switchyard/core';
import type { OpenRequest } from '@switchyard/runtime';
import type { StatisticsRecorder } from './model-statistics.ts';

/** What a queue does with requests of one priority. */
export interface QueuePolicy {
  /** Most requests that wait, 1 or more. There is no unlimited queue. */
  readonly maxSize: number;
  /** Microseconds that a request may wait, 0 for as long as it takes. */
  readonly timeoutMicros: number;
  /** Whether a request may ask for a shorter wait than `timeoutMicros`. */
  readonly allowTimeoutOverride: boolean;
  /** What becomes of one that waited too long: an error, or the end of the queue. */
  readonly timeoutAction: 'REJECT' | 'DELAY';
}

/** How requests become batches. */
export interface BatchingPolicy {
  /** Sizes in rows at which a batch goes without waiting for more; empty for as large as the queue allows. */
  readonly preferredSizes: readonly number[];
  /** Microseconds that the oldest request of a batch waits for company. */
  readonly maxDelayMicros: number;
  readonly preserveOrdering: boolean;
  /**
   * (optional) On a CPU, requests with more bytes of input per row than this run alone: a batch copies every
   * byte and gives such a device no more to do at once. Default: no limit.
   */
  readonly maxRowBytes?: number;
}

/** One warm-up run before a model is ready. */
export interface WarmupRun {
  readonly name: string;
  /** How often. */
  readonly count: number;
  readonly feeds: Tensors;
}

/** How a version of a model is executed. */
export interface ExecutorConfig {
  readonly model: string;
  readonly version: string;
  /** Most rows of a batch; 0 for a model whose first dimension is not a batch. */
  readonly maxBatchSize: number;
  /** `null`: every request runs alone. */
  readonly batching: BatchingPolicy | null;
  /** Levels 1 (first) to this; 0 for a queue without priorities. */
  readonly priorityLevels: number;
  readonly defaultPriority: number;
  readonly queue: QueuePolicy;
  readonly queueByPriority: ReadonlyMap<number, QueuePolicy>;
  /** Sessions, each in a process of its own unless `open.isolation` says otherwise. */
  readonly instances: number;
  /** Milliseconds that one run may take before its process is ended, 0 for no limit. */
  readonly executionTimeoutMs: number;
  readonly warmup: readonly WarmupRun[];
  /** Most bytes of cached responses; 0 for no cache. */
  readonly cacheBytes: number;
  /** Backend, device, strictness and options, as `runtime.open` takes them. */
  readonly open: OpenRequest;
  /**
   * (optional) Processor cores that the instances share; each gets its part as threads, where its backend has
   * an option for that and `open.options` does not say otherwise. Default: all cores when there are several
   * instances, and the engine's own choice when there is one.
   */
  readonly threadShare?: number;
  /** (optional) What happens when processes end again and again. Default: `DEFAULT_RECOVERY`. */
  readonly recovery?: RecoveryPolicy;
}

/** What happens when processes of a model end again and again. Times in milliseconds. */
export interface RecoveryPolicy {
  /** So many processes that end unexpectedly, before they have answered anything or without having started ... */
  readonly maxEnds: number;
  /** ... within this time, and nothing is started for a while. */
  readonly withinMs: number;
  /** How long; twice as long each time that the next attempt fails too. */
  readonly coolDownMs: number;
  readonly maxCoolDownMs: number;
  /** Before a second attempt to start one process; twice as long before each further one, with jitter. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

/** What is needed of an `AbortSignal`, which is one. A front end makes a lighter one for each of its calls. */
export interface CancelSignal {
  readonly aborted: boolean;
  /** Why, once it is aborted. */
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: CancelListener): void;
  removeEventListener(type: 'abort', listener: CancelListener): void;
}

/** Who is told when a call is cancelled. */
export type CancelListener = (() => void) | { handleEvent(): void };

/** One request for execution, checked against the model: dtypes, ranks, dimensions and rows fit. */
export interface ExecutionRequest {
  /** Inputs in the runtime's tensors; their bytes do not change until the promise settles. */
  readonly feeds: Tensors;
  /** Names of outputs, `null` for all. */
  readonly outputs: readonly string[] | null;
  /** Rows of this request; 1 where the model has no batch dimension. */
  readonly rows: number;
  /** 0 is the default, 1 the first. */
  readonly priority: number;
  /** Wait in the queue that the client asks for in microseconds, 0 for none. */
  readonly queueTimeoutMicros: number;
  /** When the client stops waiting, on the clock of `performance.now()`; `null` for never. */
  readonly deadline: number | null;
  readonly signal: CancelSignal;
}

/** Where the time of a request went, in nanoseconds. */
export interface ExecutionTimes {
  readonly queueNs: number;
  readonly inputNs: number;
  readonly inferNs: number;
  readonly outputNs: number;
}

export interface ExecutionResult {
  readonly outputs: Tensors;
  readonly times: ExecutionTimes;
  /** Rows of the batch that it ran in. */
  readonly batchSize: number;
  /** `null` where no cache is kept. */
  readonly cached: 'hit' | 'miss' | null;
  /** Whether neither a run nor the outputs refer to the memory of the feeds any more. */
  readonly inputsAreFree: boolean;
}

/** What really runs a model, as the engine reported it after opening. */
export interface DeviceTruth {
  readonly backend: string;
  readonly device: DeviceV1;
  /** In the engine's own names, as `CUDAExecutionProvider`. */
  readonly executionProviders: readonly string[];
  /** What was preferred and did not come to be, in a sentence; `null` when nothing was replaced. */
  readonly fallback: string | null;
  /** Why this one, in a sentence. */
  readonly reason: string;
}

/** Whether a version can take requests. */
export interface ExecutorHealth {
  /** `recovering`: some instance is being started again. `failed`: too many ended, nothing is started for now. */
  readonly state: 'ready' | 'recovering' | 'failed';
  /** A sentence, `''` when ready. */
  readonly reason: string;
  readonly instances: readonly {
    readonly pid: number | null;
    readonly busy: boolean;
    /** How many processes took the place of one that ended. */
    readonly replaced: number;
  }[];
}

/**
 * Runs one version of a model: queue, batches, instances, and what happens when one of them ends.
 * `run` rejects with a `ProtocolError` of `@switchyard/open-inference`, never with anything else.
 */
export interface ModelExecutor extends AsyncDisposable {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly selection: SelectionReport;
  readonly truth: DeviceTruth;
  /** Counts every call of `run` on its own; what fails before `run` is counted by whoever refuses it. */
  readonly statistics: StatisticsRecorder;
  /**
   * Runs one request. It leaves the queue as soon as its signal aborts. One that is running by then goes on,
   * because ending it would end its process: its result is dropped, and it is rejected when the run is over.
   */
  run(request: ExecutionRequest): Promise<ExecutionResult>;
  health(): ExecutorHealth;
  /** Requests that wait or run. */
  pending(): number;
  /** Resident bytes of the processes of its instances; `null` with nothing to read it from. */
  residentBytes(): number | null;
  /**
   * (optional) The same as disposal, until the signal aborts: then what still waits or runs is rejected and
   * the processes are ended at once.
   */
  close?(signal: AbortSignal): Promise<void>;
  /** Takes nothing new, lets what waits and runs come to its end, and ends the processes. */
  [Symbol.asyncDispose](): Promise<void>;
}
