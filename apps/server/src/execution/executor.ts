import { readFileSync } from 'node:fs';
import { ExecutionError, type SelectionReport, type Tensors, type ValueInfo } from '@switchyard/core';
import type { ProtocolError } from '@switchyard/open-inference';
import type { ModelEvent } from '../operation/observer.ts';
import { AnswerOrder } from './answer-order.ts';
import { Circuit, DEFAULT_RECOVERY } from './circuit.ts';
import { createStatistics } from './create-statistics.ts';
import { deviceTruth } from './device-truth.ts';
import {
  cancelled,
  circuitOpen,
  deadlinePassed,
  executionTimedOut,
  queueFull,
  queueTimeout,
  runProblem,
  shuttingDown,
} from './execution-problems.ts';
import type { Flight } from './flight.ts';
import { formBatch, type BatchRules } from './form-batch.ts';
import { Instance, type InstanceEvents, type OpenSession } from './instance.ts';
import { feedsJoin, joinFeeds } from './join-feeds.ts';
import type {
  DeviceTruth,
  ExecutionRequest,
  ExecutionResult,
  ExecutionTimes,
  ExecutorConfig,
  ExecutorHealth,
  ModelExecutor,
} from './model-executor.ts';
import type { FailureReason, StatisticsRecorder } from './model-statistics.ts';
import { QueueEntry } from './queue-entry.ts';
import { RequestQueue } from './request-queue.ts';
import { cacheKey, ResponseCache } from './response-cache.ts';
import { pickOutputs, splitOutputs, splitProblem } from './split-outputs.ts';

const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Timers are no finer than this; what is shorter is waited for turn by turn of the event loop. */
const TIMER_GRAIN_MS = 1;
const MOST_RETRY_AFTER_SECONDS = 60;

/**
 * Queue, batches and instances of one version of a model. It is of use once {@link Executor.start} has
 * resolved.
 */
export class Executor implements ModelExecutor, InstanceEvents {
  readonly statistics: StatisticsRecorder = createStatistics();
  inputs!: readonly ValueInfo[];
  outputs!: readonly ValueInfo[];
  selection!: SelectionReport;
  truth!: DeviceTruth;
  readonly #config: ExecutorConfig;
  readonly #tell: (event: ModelEvent) => void;
  readonly #instances: readonly Instance[];
  readonly #queue: RequestQueue;
  #rules: BatchRules | null;
  readonly #order: AnswerOrder | null;
  readonly #cache: ResponseCache | null;
  readonly #circuit: Circuit;
  #pending = 0;
  #isScheduled = false;
  #closing: Promise<void> | null = null;
  #whenIdle: (() => void) | null = null;
  #alarm: NodeJS.Timeout | null = null;
  #alarmAt = Infinity;
  #delay: NodeJS.Timeout | null = null;
  #coolDown: NodeJS.Timeout | null = null;
  #lastEnd = '';
  /** Milliseconds of one instance for one request, smoothed. */
  #costMs = 0;

  constructor(config: ExecutorConfig, open: OpenSession, tell: (event: ModelEvent) => void) {
    const { batching, maxBatchSize, cacheBytes, recovery = DEFAULT_RECOVERY } = config;
    this.#config = config;
    this.#tell = tell;
    this.#queue = new RequestQueue(config);
    this.#circuit = new Circuit(recovery);
    this.#cache = cacheBytes > 0 ? new ResponseCache(cacheBytes) : null;
    this.#order = batching?.preserveOrdering === true ? new AnswerOrder() : null;
    this.#rules =
      batching === null || maxBatchSize < 2
        ? null
        : {
            maxRows: maxBatchSize,
            preferredSizes: new Set(batching.preferredSizes.filter((size) => size <= maxBatchSize)),
            maxDelayMs: batching.maxDelayMicros / 1000,
          };
    this.#instances = Array.from({ length: config.instances }, () => new Instance(open, this, recovery));
  }

  /** Starts every instance. @throws what the first that failed failed with; none is left then */
  async start(): Promise<void> {
    try {
      const [first, ...others] = this.#instances;
      // The others find what the first has taught: what was probed, tried and chosen.
      await first!.start();
      const session = first!.session!;
      this.inputs = session.inputs;
      this.outputs = session.outputs;
      this.selection = session.selection;
      this.truth = deviceTruth(session);
      const isPacked = ({ dtype }: ValueInfo): boolean => dtype === 'int4' || dtype === 'uint4';
      // A row of them may end in the middle of a byte.
      if (this.inputs.some(isPacked) || this.outputs.some(isPacked)) this.#rules = null;
      await Promise.all(others.map((instance) => instance.start()));
    } catch (error) {
      await Promise.all(this.#instances.map((instance) => instance.close()));
      throw error;
    }
  }

  run(request: ExecutionRequest): Promise<ExecutionResult> {
    const since = performance.now();
    const refusal = this.#refusal(request, since);
    if (refusal !== null) return this.#refuse(refusal, since);
    let key: string | null = null;
    if (this.#cache !== null) {
      key = cacheKey(request.feeds, request.outputs);
      const outputs = this.#cache.get(key);
      if (outputs !== null) return this.#answerFromCache(request, outputs, since);
    }
    const { promise, resolve, reject } = Promise.withResolvers<ExecutionResult>();
    const entry = new QueueEntry(request, since, key, resolve, reject);
    if (!this.#queue.add(entry)) return this.#refuse(queueFull(this.#retryAfterSeconds()), since);
    this.#pending += 1;
    this.#order?.add(entry);
    this.#schedule();
    if (entry.line !== null) {
      entry.listen(this.#onAbort);
      const due = Math.min(entry.expiresAt, entry.deadline);
      if (due < this.#alarmAt) this.#wakeAt(due);
    }
    return promise;
  }

  health(): ExecutorHealth {
    const down = this.#instances.filter((instance) => !instance.isUp).length;
    const state = this.#circuit.isClosed ? (down > 0 ? 'recovering' : 'ready') : 'failed';
    const reason =
      state === 'ready'
        ? ''
        : state === 'failed'
          ? this.#circuit.reason
          : `${down} of ${this.#instances.length} instances are being started again: ${this.#lastEnd}.`;
    return {
      state,
      reason,
      instances: this.#instances.map(({ session, flights, replaced }) => ({
        pid: session?.isolation.pid ?? null,
        busy: flights.length > 0,
        replaced,
      })),
    };
  }

  pending(): number {
    return this.#pending;
  }

  residentBytes(): number | null {
    if (process.platform !== 'linux') return null;
    let total: number | null = null;
    for (const { session } of this.#instances) {
      const isolation = session?.isolation;
      if (isolation?.kind !== 'process' || isolation.pid === null) continue;
      const bytes = residentBytesOf(isolation.pid);
      if (bytes !== null) total = (total ?? 0) + bytes;
    }
    return total;
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
    if (this.#pending > 0 || this.#isFlying()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#whenIdle = resolve;
      await promise;
    }
    for (const timer of [this.#alarm, this.#delay, this.#coolDown]) if (timer !== null) clearTimeout(timer);
    await Promise.all(this.#instances.map((instance) => instance.close()));
  }

  #kill(): void {
    this.#rejectWaiting(() => shuttingDown(this.#config.model));
    for (const instance of this.#instances) {
      // Its processes are not replaced any more from here on.
      void instance.close();
      instance.kill();
    }
  }

  #isFlying(): boolean {
    return this.#instances.some(({ flights }) => flights.length > 0);
  }

  #refusal({ signal, deadline }: ExecutionRequest, now: number): ProtocolError | null {
    const { model } = this.#config;
    if (this.#closing !== null) return shuttingDown(model);
    if (!this.#circuit.isClosed) return this.#unavailable(now);
    if (signal.aborted) return cancelled(model);
    return deadline !== null && deadline <= now ? deadlinePassed(model) : null;
  }

  #unavailable(now: number): ProtocolError {
    const seconds = Math.max(1, Math.ceil(this.#circuit.remainingMs(now) / 1000));
    return circuitOpen(this.#config.model, this.#circuit.reason, seconds);
  }

  #refuse(problem: ProtocolError, since: number): Promise<never> {
    this.statistics.failed(reasonOf(problem), nanoseconds(performance.now() - since));
    return Promise.reject(problem);
  }

  #answerFromCache(request: ExecutionRequest, outputs: Tensors, since: number): Promise<ExecutionResult> {
    const outputNs = nanoseconds(performance.now() - since);
    const times = { queueNs: 0, inputNs: 0, inferNs: 0, outputNs };
    this.statistics.succeeded(request.rows, outputNs, times, 'hit');
    return Promise.resolve({ outputs, times, batchSize: request.rows, cached: 'hit' });
  }

  /** What waits, at the speed of the last runs. */
  #retryAfterSeconds(): number {
    const seconds = (this.#queue.size * this.#costMs) / this.#instances.length / 1000;
    return Math.min(MOST_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(seconds)));
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
      const instance = this.#freeInstance();
      if (instance === null) return;
      const now = performance.now();
      let entries: QueueEntry[];
      if (this.#rules === null) entries = [this.#queue.first()!];
      else {
        const formed = formBatch(this.#queue, this.#rules, this.#joins, now);
        if (typeof formed === 'number') {
          this.#delayUntil(formed, now);
          return;
        }
        entries = formed;
      }
      for (const entry of entries) {
        this.#queue.remove(entry);
        entry.unlisten();
      }
      const late = entries.some(({ deadline }) => deadline <= now);
      if (late) {
        for (const entry of entries) {
          if (entry.deadline <= now) this.#fail(entry, deadlinePassed(this.#config.model), 'OTHER');
        }
        entries = entries.filter(({ deadline }) => deadline > now);
      }
      if (entries.length > 0) this.#launch(instance, entries, now);
    }
  }

  readonly #joins = (one: QueueEntry, other: QueueEntry): boolean =>
    feedsJoin(this.inputs, one.request.feeds, other.request.feeds);

  #freeInstance(): Instance | null {
    let best: Instance | null = null;
    for (const instance of this.#instances) {
      if (!instance.hasRoom) continue;
      if (instance.flights.length === 0) return instance;
      best ??= instance;
    }
    return best;
  }

  #launch(instance: Instance, entries: readonly QueueEntry[], takenAt: number): void {
    let feeds = entries[0]!.request.feeds;
    let rows = entries[0]!.rows;
    let sentAt = takenAt;
    if (entries.length > 1) {
      rows = 0;
      for (const entry of entries) rows += entry.rows;
      try {
        feeds = joinFeeds(
          this.inputs,
          entries.map(({ request }) => request.feeds),
          rows,
        );
      } catch (error) {
        // There is no memory for all of them together.
        this.#refuseBatch(entries, error);
        return;
      }
      sentAt = performance.now();
    }
    const flight: Flight = {
      entries,
      rows,
      takenAt,
      sentAt,
      startedAt: 0,
      timedOut: false,
      controller: null,
    };
    instance.run(flight, feeds, wantedOutputs(entries), true);
    const { executionTimeoutMs } = this.#config;
    let due = executionTimeoutMs > 0 ? sentAt + executionTimeoutMs : Infinity;
    for (const { deadline } of entries) if (deadline < due) due = deadline;
    if (due < this.#alarmAt) this.#wakeAt(due);
  }

  done(instance: Instance, flight: Flight, outputs: Tensors): void {
    const now = performance.now();
    const tookMs = instance.finish(flight, now);
    instance.proved();
    this.#circuit.proved();
    const { entries, rows } = flight;
    this.#costMs = this.#costMs * 0.9 + (tookMs / entries.length) * 0.1;
    const inputNs = nanoseconds(flight.sentAt - flight.takenAt);
    const inferNs = nanoseconds(tookMs);
    const [only] = entries;
    if (entries.length > 1) {
      const problem = splitProblem(outputs, rows);
      if (problem !== null) {
        this.#stopBatching(entries, problem);
        this.#goOn();
        return;
      }
      const parts: Tensors[] = [];
      let row = 0;
      for (const entry of entries) {
        const part = splitOutputs(outputs, rows, row, entry.rows);
        parts.push(pickOutputs(part, entry.request.outputs));
        row += entry.rows;
      }
      const outputNs = nanoseconds(performance.now() - now);
      this.statistics.executed(rows, { queueNs: 0, inputNs, inferNs, outputNs });
      for (const [at, entry] of entries.entries()) {
        this.#succeed(entry, flight, parts[at]!, { inputNs, inferNs, outputNs });
      }
    } else {
      this.statistics.executed(rows, { queueNs: 0, inputNs, inferNs, outputNs: 0 });
      this.#succeed(only!, flight, outputs, { inputNs, inferNs, outputNs: 0 });
    }
    this.#goOn();
  }

  failed(instance: Instance, flight: Flight, error: unknown): void {
    instance.finish(flight, performance.now());
    const { entries } = flight;
    const isLost =
      ExecutionError.isInstance(error) && (error.code === 'engine-failed' || error.code === 'session-closed');
    if (isLost) {
      // It had not begun: its session was lost before its turn.
      this.#putBack(entries, false);
    } else if (flight.timedOut) {
      const { model, executionTimeoutMs } = this.#config;
      if (entries.length > 1) this.#putBack(entries, true);
      else this.#fail(entries[0]!, executionTimedOut(model, executionTimeoutMs), 'BACKEND');
    } else if (flight.controller?.signal.aborted === true) {
      for (const entry of entries) this.#fail(entry, shuttingDown(this.#config.model), 'REJECTED');
    } else this.#refuseBatch(entries, error);
    this.#goOn();
  }

  ended(_instance: Instance, reason: string, unexpected: boolean): void {
    const { model, version } = this.#config;
    this.#lastEnd = reason;
    this.#tell({ kind: 'instance-ended', model, version, reason });
    if (unexpected && this.#closing === null) this.#countEnd(reason);
  }

  restored(_instance: Instance): void {
    const { model, version } = this.#config;
    this.#tell({ kind: 'instance-restored', model, version });
    this.#schedule();
  }

  /** A failed run concerns one request, or it is found out which one of several it concerns. */
  #refuseBatch(entries: readonly QueueEntry[], error: unknown): void {
    if (entries.length > 1) this.#putBack(entries, true);
    else {
      const problem = runProblem(this.#config.model, error);
      this.#fail(entries[0]!, problem, reasonOf(problem));
    }
  }

  /** At the head of their queue, in their order. */
  #putBack(entries: readonly QueueEntry[], alone: boolean): void {
    for (const entry of entries.toReversed()) {
      if (entry.settled) continue;
      if (entry.request.signal.aborted) {
        this.#fail(entry, cancelled(this.#config.model), 'CANCELED');
      } else if (this.#circuit.isClosed) {
        entry.alone ||= alone;
        this.#queue.putBack(entry);
        entry.listen(this.#onAbort);
        if (entry.deadline < this.#alarmAt) this.#wakeAt(entry.deadline);
      } else this.#fail(entry, this.#unavailable(performance.now()), 'REJECTED');
    }
  }

  #stopBatching(entries: readonly QueueEntry[], problem: string): void {
    const { model, version } = this.#config;
    this.#rules = null;
    const reason = `requests for model '${model}' are not batched any more, because ${problem}`;
    this.#tell({ kind: 'batching-off', model, version, reason });
    this.#putBack(entries, true);
  }

  #succeed(
    entry: QueueEntry,
    flight: Flight,
    outputs: Tensors,
    { inputNs, inferNs, outputNs }: Omit<ExecutionTimes, 'queueNs'>,
  ): void {
    if (entry.settled) return;
    if (entry.request.signal.aborted) {
      this.#fail(entry, cancelled(this.#config.model), 'CANCELED');
      return;
    }
    // What it waited behind another run on the same process is waiting too.
    const waitedMs = flight.takenAt - entry.since + Math.max(0, flight.startedAt - flight.sentAt);
    const times = { queueNs: nanoseconds(waitedMs), inputNs, inferNs, outputNs };
    const cached = this.#cache === null ? null : 'miss';
    if (entry.cacheKey !== null) this.#cache!.set(entry.cacheKey, outputs);
    this.statistics.succeeded(entry.rows, nanoseconds(performance.now() - entry.since), times, cached);
    this.#settle(entry, { outputs, times, batchSize: flight.rows, cached });
  }

  #fail(entry: QueueEntry, problem: ProtocolError, reason: FailureReason): void {
    if (entry.settled) return;
    this.statistics.failed(reason, nanoseconds(performance.now() - entry.since));
    this.#settle(entry, problem);
  }

  #settle(entry: QueueEntry, outcome: ExecutionResult | Error): void {
    entry.settled = true;
    this.#pending -= 1;
    if (this.#order === null) answer(entry, outcome);
    else {
      entry.outcome = outcome;
      for (const ready of this.#order.ready()) answer(ready, ready.outcome!);
    }
  }

  #goOn(): void {
    if (this.#queue.size > 0) this.#schedule();
    this.#noticeIdle();
  }

  #noticeIdle(): void {
    if (this.#whenIdle === null || this.#pending > 0 || this.#isFlying()) return;
    this.#whenIdle();
    this.#whenIdle = null;
  }

  readonly #onAbort = (entry: QueueEntry): void => {
    if (entry.line === null) return;
    this.#queue.remove(entry);
    entry.unlisten();
    this.#fail(entry, cancelled(this.#config.model), 'CANCELED');
    this.#noticeIdle();
  };

  #rejectWaiting(problem: () => ProtocolError): void {
    for (let entry = this.#queue.first(); entry !== null; entry = this.#queue.first()) {
      this.#queue.remove(entry);
      entry.unlisten();
      this.#fail(entry, problem(), 'REJECTED');
    }
    this.#noticeIdle();
  }

  /** The first request of a batch waits for company. */
  #delayUntil(until: number, now: number): void {
    const left = until - now;
    if (left <= TIMER_GRAIN_MS) {
      this.#schedule();
      return;
    }
    if (this.#delay !== null) return;
    this.#delay = setTimeout(() => {
      this.#delay = null;
      this.#schedule();
    }, Math.floor(left));
  }

  /** One timer for everything that becomes too late, whichever is the first. */
  #wakeAt(due: number): void {
    if (this.#alarm !== null) clearTimeout(this.#alarm);
    this.#alarmAt = due;
    const left = Math.ceil(due - performance.now());
    this.#alarm = setTimeout(this.#lookForLate, Math.min(Math.max(1, left), LONGEST_TIMER_MS));
    this.#alarm.unref();
  }

  readonly #lookForLate = (): void => {
    this.#alarm = null;
    this.#alarmAt = Infinity;
    const now = performance.now();
    let next = this.#queue.expire(now, this.#onExpired);
    for (const instance of this.#instances) {
      for (const flight of instance.flights) {
        for (const entry of flight.entries) {
          if (entry.settled) continue;
          if (entry.deadline > now) next = Math.min(next, entry.deadline);
          else this.#fail(entry, deadlinePassed(this.#config.model), 'OTHER');
        }
      }
      next = Math.min(next, this.#endLateRun(instance, now));
    }
    if (next < Infinity) this.#wakeAt(next);
    this.#noticeIdle();
  };

  readonly #onExpired = (entry: QueueEntry, why: 'timeout' | 'deadline'): void => {
    entry.unlisten();
    if (why === 'deadline') this.#fail(entry, deadlinePassed(this.#config.model), 'OTHER');
    else this.#fail(entry, queueTimeout(this.#retryAfterSeconds()), 'REJECTED');
  };

  /** Ends the run whose turn it is, when it took too long. Gives when that will be so of the one there is. */
  #endLateRun(instance: Instance, now: number): number {
    const limit = this.#config.executionTimeoutMs;
    const [head] = instance.flights;
    if (limit === 0 || head === undefined || head.timedOut) return Infinity;
    // The start of its process is not its own time.
    if (!instance.isRunning || head.startedAt === 0) return now + limit;
    const due = head.startedAt + limit;
    if (due > now) return due;
    head.timedOut = true;
    head.controller?.abort();
    return now + limit;
  }

  #countEnd(reason: string): void {
    const now = performance.now();
    if (!this.#circuit.ended(now, reason)) return;
    const { model, version } = this.#config;
    for (const instance of this.#instances) instance.stop();
    this.#tell({ kind: 'circuit-open', model, version, reason: this.#circuit.reason });
    this.#rejectWaiting(() => this.#unavailable(now));
    this.#coolDown = setTimeout(() => void this.#tryAgain(), this.#circuit.remainingMs(now));
    this.#coolDown.unref();
  }

  /** One process is started; what it shows decides about the others. */
  async #tryAgain(): Promise<void> {
    if (this.#closing !== null) return;
    const { model, version } = this.#config;
    const [first, ...others] = this.#instances;
    this.#circuit.try();
    try {
      await first!.start();
    } catch (error) {
      if (this.#closing === null) this.ended(first!, `could not be started: ${String(error)}`, true);
      return;
    }
    this.#circuit.close();
    this.#tell({ kind: 'circuit-closed', model, version });
    for (const instance of others) instance.recover();
  }
}

function answer(entry: QueueEntry, outcome: ExecutionResult | Error): void {
  if (outcome instanceof Error) entry.reject(outcome);
  else entry.resolve(outcome);
}

function nanoseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1e6);
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

function reasonOf({ problem }: ProtocolError): FailureReason {
  if (problem === 'unavailable') return 'REJECTED';
  if (problem === 'cancelled') return 'CANCELED';
  return problem === 'internal' ? 'BACKEND' : 'OTHER';
}

function residentBytesOf(pid: number): number | null {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch (error) {
    // It ended between two looks at it.
    if (['ENOENT', 'ESRCH'].includes(String((error as NodeJS.ErrnoException).code))) return null;
    throw error;
  }
  const resident = /^VmRSS:\s*([0-9]+) kB$/m.exec(status)?.[1];
  return resident === undefined ? null : Number(resident) * 1024;
}
