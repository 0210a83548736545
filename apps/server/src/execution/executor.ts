import { ExecutionError, type SelectionReport, type Tensors, type ValueInfo } from '@switchyard/core';
import type { ProtocolError } from '@switchyard/open-inference';
import type { ModelEvent } from '../operation/observer.ts';
import { ReusedMemory } from '../operation/reused-memory.ts';
import { Alarm } from './alarm.ts';
import { Answers } from './answers.ts';
import { createStatistics } from './create-statistics.ts';
import { deviceTruth } from './device-truth.ts';
import {
  cancelled,
  deadlinePassed,
  executionTimedOut,
  queueFull,
  queueTimeout,
  runProblem,
  shuttingDown,
} from './execution-problems.ts';
import { BATCH_WEIGHT, type Flight } from './flight.ts';
import { formBatch, type BatchRules } from './form-batch.ts';
import { InstanceGroup, type GroupEvents } from './instance-group.ts';
import type { Instance, OpenSession } from './instance.ts';
import { feedsJoin, joinFeeds } from './join-feeds.ts';
import type {
  DeviceTruth,
  ExecutionRequest,
  ExecutionResult,
  ExecutorConfig,
  ExecutorHealth,
  ModelExecutor,
} from './model-executor.ts';
import type { StatisticsRecorder } from './model-statistics.ts';
import { nanoseconds } from './nanoseconds.ts';
import { QueueEntry } from './queue-entry.ts';
import { RequestQueue } from './request-queue.ts';
import { cacheKey } from './response-cache.ts';
import { pickOutputs, splitOutputs, splitProblem } from './split-outputs.ts';

/** Timers are no finer than this; what is shorter is waited for turn by turn of the event loop. */
const TIMER_GRAIN_MS = 1;
const MOST_RETRY_AFTER_SECONDS = 60;

/**
 * Takes requests in, forms batches for whichever instance is free, and deals with what becomes of them.
 * It is of use once {@link Executor.start} has resolved.
 */
export class Executor implements ModelExecutor, GroupEvents {
  readonly statistics: StatisticsRecorder = createStatistics();
  inputs!: readonly ValueInfo[];
  outputs!: readonly ValueInfo[];
  selection!: SelectionReport;
  truth!: DeviceTruth;
  readonly #config: ExecutorConfig;
  readonly #tell: (event: ModelEvent) => void;
  readonly #instances: InstanceGroup;
  readonly #queue: RequestQueue;
  readonly #answers: Answers;
  readonly #memory = new ReusedMemory();
  readonly #alarm = new Alarm(() => this.#lookForLate());
  /** `null` where every request runs alone. */
  #rules: BatchRules | null;
  /** Above this the rows of a request are not worth a copy. */
  #maxRowBytes = Infinity;
  #isScheduled = false;
  #delay: NodeJS.Timeout | null = null;
  #closing: Promise<void> | null = null;
  #isKilled = false;
  #whenIdle: (() => void) | null = null;
  /** Milliseconds of one instance for one request, smoothed. */
  #costMs = 0;

  constructor(config: ExecutorConfig, open: OpenSession, tell: (event: ModelEvent) => void) {
    const { batching, maxBatchSize } = config;
    this.#config = config;
    this.#tell = tell;
    this.#instances = new InstanceGroup(config, open, this, tell);
    this.#queue = new RequestQueue(config);
    this.#answers = new Answers(config, this.statistics);
    this.#rules =
      batching === null || maxBatchSize < 2
        ? null
        : {
            maxRows: maxBatchSize,
            preferredSizes: new Set(batching.preferredSizes.filter((size) => size <= maxBatchSize)),
            maxDelayMs: batching.maxDelayMicros / 1000,
          };
  }

  async start(): Promise<void> {
    await this.#instances.start();
    const session = this.#instances.all[0]!.session!;
    this.inputs = session.inputs;
    this.outputs = session.outputs;
    this.selection = session.selection;
    this.truth = deviceTruth(session);
    if (this.truth.device.kind === 'cpu') this.#maxRowBytes = this.#config.batching?.maxRowBytes ?? Infinity;
    // A row of packed elements may end in the middle of a byte.
    if ([...this.inputs, ...this.outputs].some(isPacked)) this.#rules = null;
  }

  run(request: ExecutionRequest): Promise<ExecutionResult> {
    const since = performance.now();
    const refusal = this.#refusal(request, since);
    if (refusal !== null) return this.#answers.refuse(refusal, since);
    let key: string | null = null;
    const { cache } = this.#answers;
    if (cache !== null) {
      key = cacheKey(request.feeds, request.outputs);
      const outputs = cache.get(key);
      if (outputs !== null) return this.#answers.repeat(request, outputs, since);
    }
    const { promise, resolve, reject } = Promise.withResolvers<ExecutionResult>();
    const entry = new QueueEntry(request, since, key, resolve, reject);
    if (this.#maxRowBytes < Infinity) entry.alone ||= bytesOf(request.feeds) > this.#maxRowBytes * entry.rows;
    if (!this.#queue.add(entry)) return this.#answers.refuse(queueFull(this.#retryAfterSeconds()), since);
    this.#answers.expect(entry);
    this.#schedule();
    if (entry.line !== null) this.#watch(entry);
    return promise;
  }

  health(): ExecutorHealth {
    return this.#instances.health();
  }

  pending(): number {
    return this.#answers.pending;
  }

  residentBytes(): number | null {
    return this.#instances.residentBytes();
  }

  close(signal?: AbortSignal): Promise<void> {
    this.#closing ??= this.#close();
    if (signal?.aborted === true) this.#kill();
    else signal?.addEventListener('abort', () => this.#kill(), { once: true });
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    if (!this.#isIdle()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#whenIdle = resolve;
      await promise;
    }
    this.#alarm.clear();
    if (this.#delay !== null) clearTimeout(this.#delay);
    await this.#instances.close();
  }

  #kill(): void {
    this.#isKilled = true;
    this.#rejectWaiting(() => shuttingDown(this.#config.model));
    this.#instances.kill();
  }

  #refusal({ signal, deadline }: ExecutionRequest, now: number): ProtocolError | null {
    const { model } = this.#config;
    if (this.#closing !== null) return shuttingDown(model);
    if (!this.#instances.isAvailable) return this.#instances.problem();
    if (signal.aborted) return cancelled(model);
    return deadline !== null && deadline <= now ? deadlinePassed(model) : null;
  }

  /** What waits, at the speed of the last runs. */
  #retryAfterSeconds(): number {
    const seconds = (this.#queue.size * this.#costMs) / this.#instances.all.length / 1000;
    return Math.min(MOST_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(seconds)));
  }

  /** One that waits can become too late, or nobody wants it any more. */
  #watch(entry: QueueEntry): void {
    entry.listen(this.#onAbort);
    this.#alarm.ringAt(Math.min(entry.expiresAt, entry.deadline));
  }

  /** Batches are formed when everything that came in this turn of the event loop is there. */
  #schedule(): void {
    if (this.#rules === null) this.#dispatch();
    else if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(this.#dispatchScheduled);
    }
  }

  readonly #dispatchScheduled = (): void => {
    this.#isScheduled = false;
    this.#dispatch();
  };

  #dispatch(): void {
    while (this.#queue.size > 0) {
      const instance = this.#instances.free(this.#queue.size);
      if (instance === null) return;
      const now = performance.now();
      const entries = this.#nextBatch(now);
      if (entries === null) return;
      if (entries.length > 0) this.#launch(instance, entries, now);
    }
    this.#noticeIdle();
  }

  /** Takes the requests of the next run out of the queue; `null` when it is not time yet. */
  #nextBatch(now: number): readonly QueueEntry[] | null {
    const formed =
      this.#rules === null ? [this.#queue.first()!] : formBatch(this.#queue, this.#rules, this.#joins, now);
    if (typeof formed === 'number') {
      this.#delayUntil(formed, now);
      return null;
    }
    let isLate = false;
    for (const entry of formed) {
      this.#queue.remove(entry);
      entry.unlisten();
      if (entry.deadline > now) continue;
      isLate = true;
      this.#answers.fail(entry, deadlinePassed(this.#config.model));
    }
    return isLate ? formed.filter(({ settled }) => !settled) : formed;
  }

  readonly #joins = (one: QueueEntry, other: QueueEntry): boolean => feedsJoin(this.inputs, one, other);

  #launch(instance: Instance, entries: readonly QueueEntry[], takenAt: number): void {
    let { feeds } = entries[0]!.request;
    let rows = 0;
    let due = Infinity;
    for (const entry of entries) {
      rows += entry.rows;
      if (entry.deadline < due) due = entry.deadline;
    }
    let sentAt = takenAt;
    let memory: readonly Buffer[] = [];
    if (entries.length > 1) {
      try {
        ({ feeds, memory } = joinFeeds(this.inputs, entries, rows, this.#memory));
      } catch (error) {
        // There may be no memory for all of them together.
        this.#blame(entries, error);
        return;
      }
      sentAt = performance.now();
    }
    const outputs = wantedOutputs(entries);
    const flight: Flight = {
      entries,
      rows,
      memory,
      takenAt,
      sentAt,
      startedAt: 0,
      weight: this.#rules === null || entries[0]!.alone ? 1 : BATCH_WEIGHT,
      timedOut: false,
      controller: null,
    };
    instance.run(flight, feeds, outputs);
    const { executionTimeoutMs } = this.#config;
    if (executionTimeoutMs > 0) due = Math.min(due, sentAt + executionTimeoutMs);
    this.#alarm.ringAt(due);
  }

  done(instance: Instance, flight: Flight, outputs: Tensors): void {
    const now = performance.now();
    const tookMs = instance.finish(flight, now);
    const { entries, rows } = flight;
    if (instance.isProcess) for (const part of flight.memory) this.#memory.give(part);
    this.#costMs = this.#costMs * 0.9 + (tookMs / entries.length) * 0.1;
    const problem = entries.length > 1 ? splitProblem(outputs, rows) : null;
    if (problem === null) {
      const parts = partsOf(entries, outputs, rows);
      const times = {
        inputNs: nanoseconds(flight.sentAt - flight.takenAt),
        inferNs: nanoseconds(tookMs),
        outputNs: entries.length > 1 ? nanoseconds(performance.now() - now) : 0,
      };
      this.statistics.executed(rows, { queueNs: 0, ...times });
      // A process has copies of its own, of which nothing is left here but its outputs.
      const run = { ...times, inputsAreFree: instance.isProcess };
      for (const [at, part] of parts.entries()) this.#answers.succeed(entries[at]!, flight, part, run);
    } else this.#stopBatching(entries, problem);
    this.#goOn();
  }

  failed(instance: Instance, flight: Flight, error: unknown): void {
    instance.finish(flight, performance.now());
    const { entries } = flight;
    const { model, executionTimeoutMs } = this.#config;
    if (!instance.isUp && ExecutionError.isInstance(error) && error.code === 'engine-failed') {
      // Its session was lost before its turn, so that it has not run at all.
      this.#putBack(entries, false);
    } else if (flight.timedOut) {
      if (entries.length > 1) this.#putBack(entries, true);
      else this.#answers.fail(entries[0]!, executionTimedOut(model, executionTimeoutMs), 'BACKEND');
    } else if (flight.controller?.signal.aborted === true) {
      for (const entry of entries) this.#answers.fail(entry, shuttingDown(model));
    } else this.#blame(entries, error);
    this.#goOn();
  }

  available(): void {
    this.#schedule();
  }

  unavailable(): void {
    this.#rejectWaiting(() => this.#instances.problem());
  }

  /** A failed run concerns one request; of several, it is found out which one by running each alone. */
  #blame(entries: readonly QueueEntry[], error: unknown): void {
    if (entries.length > 1) this.#putBack(entries, true);
    else this.#answers.fail(entries[0]!, runProblem(this.#config.model, error));
  }

  /** At the head of their queue, in their order. */
  #putBack(entries: readonly QueueEntry[], alone: boolean): void {
    for (const entry of entries.toReversed()) {
      if (entry.settled) continue;
      if (entry.request.signal.aborted) this.#answers.fail(entry, cancelled(this.#config.model));
      else if (this.#isKilled) this.#answers.fail(entry, shuttingDown(this.#config.model));
      else if (this.#instances.isAvailable) {
        entry.alone ||= alone;
        this.#queue.putBack(entry);
        this.#watch(entry);
      } else this.#answers.fail(entry, this.#instances.problem());
    }
  }

  #stopBatching(entries: readonly QueueEntry[], problem: string): void {
    const { model, version } = this.#config;
    this.#rules = null;
    const reason = `requests for model '${model}' are not batched any more, because ${problem}`;
    this.#tell({ kind: 'batching-off', model, version, reason });
    this.#putBack(entries, true);
  }

  #goOn(): void {
    if (this.#queue.size > 0) this.#schedule();
    this.#noticeIdle();
  }

  #isIdle(): boolean {
    return this.#answers.pending === 0 && !this.#instances.isFlying;
  }

  #noticeIdle(): void {
    if (this.#whenIdle === null || !this.#isIdle()) return;
    this.#whenIdle();
    this.#whenIdle = null;
  }

  readonly #onAbort = (entry: QueueEntry): void => {
    this.#queue.remove(entry);
    entry.unlisten();
    this.#answers.fail(entry, cancelled(this.#config.model));
    this.#noticeIdle();
  };

  #rejectWaiting(problem: () => ProtocolError): void {
    for (let entry = this.#queue.first(); entry !== null; entry = this.#queue.first()) {
      this.#queue.remove(entry);
      entry.unlisten();
      this.#answers.fail(entry, problem());
    }
    this.#noticeIdle();
  }

  /** The first request of a batch waits for company. */
  #delayUntil(until: number, now: number): void {
    const left = until - now;
    if (left <= TIMER_GRAIN_MS) this.#schedule();
    else {
      this.#delay ??= setTimeout(() => {
        this.#delay = null;
        this.#schedule();
      }, Math.floor(left));
    }
  }

  #lookForLate(): void {
    const now = performance.now();
    let next = this.#queue.expire(now, this.#onExpired);
    for (const instance of this.#instances.all) {
      for (const flight of instance.flights) {
        for (const entry of flight.entries) {
          if (entry.settled) continue;
          // Its run goes on, as one that is cancelled does.
          if (entry.deadline <= now) this.#answers.fail(entry, deadlinePassed(this.#config.model));
          else if (entry.deadline < next) next = entry.deadline;
        }
      }
      next = Math.min(next, instance.endLateRun(this.#config.executionTimeoutMs, now));
    }
    this.#alarm.ringAt(next);
    this.#noticeIdle();
  }

  readonly #onExpired = (entry: QueueEntry, why: 'timeout' | 'deadline'): void => {
    entry.unlisten();
    const { model } = this.#config;
    this.#answers.fail(
      entry,
      why === 'deadline' ? deadlinePassed(model) : queueTimeout(this.#retryAfterSeconds()),
    );
  };
}

function bytesOf(feeds: Tensors): number {
  let bytes = 0;
  for (const name in feeds) {
    const tensor = feeds[name]!;
    if (tensor.dtype !== 'string') bytes += tensor.bytes.byteLength;
  }
  return bytes;
}

function isPacked({ dtype }: ValueInfo): boolean {
  return dtype === 'int4' || dtype === 'uint4';
}

/** Outputs that somebody of a batch asked for, `null` for all. */
function wantedOutputs(entries: readonly QueueEntry[]): readonly string[] | null {
  const first = entries[0]!.request.outputs;
  if (entries.length === 1 || first === null) return first;
  const names = new Set<string>();
  for (const { request } of entries) {
    if (request.outputs === null) return null;
    for (const name of request.outputs) names.add(name);
  }
  return [...names];
}

/** What each request of a batch gets. */
function partsOf(entries: readonly QueueEntry[], outputs: Tensors, rows: number): readonly Tensors[] {
  if (entries.length === 1) return [pickOutputs(outputs, entries[0]!.request.outputs)];
  let row = 0;
  return entries.map((entry) => {
    const part = splitOutputs(pickOutputs(outputs, entry.request.outputs), rows, row, entry.rows);
    row += entry.rows;
    return part;
  });
}
