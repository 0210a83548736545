import type { Tensors } from '@switchyard/core';
import type { ProtocolError } from '@switchyard/open-inference';
import { AnswerOrder } from './answer-order.ts';
import { cancelled } from './execution-problems.ts';
import type { Flight } from './flight.ts';
import type { ExecutionRequest, ExecutionResult, ExecutionTimes, ExecutorConfig } from './model-executor.ts';
import type { FailureReason, StatisticsRecorder } from './model-statistics.ts';
import { nanoseconds } from './nanoseconds.ts';
import type { QueueEntry } from './queue-entry.ts';
import { ResponseCache } from './response-cache.ts';

/** What the requests of a run have in common. */
type RunOutcome = Omit<ExecutionTimes, 'queueNs'> & Pick<ExecutionResult, 'inputsAreFree'>;

/** Answers requests, once each, and counts and keeps the answers. */
export class Answers {
  readonly cache: ResponseCache | null;
  readonly #model: string;
  readonly #statistics: StatisticsRecorder;
  readonly #order: AnswerOrder | null;
  #pending = 0;

  constructor({ model, cacheBytes, batching }: ExecutorConfig, statistics: StatisticsRecorder) {
    this.#model = model;
    this.#statistics = statistics;
    this.cache = cacheBytes > 0 ? new ResponseCache(cacheBytes) : null;
    this.#order = batching?.preserveOrdering === true ? new AnswerOrder() : null;
  }

  /** Requests that were accepted and have no answer yet. */
  get pending(): number {
    return this.#pending;
  }

  expect(entry: QueueEntry): void {
    this.#pending += 1;
    this.#order?.add(entry);
  }

  /** One that was not accepted. */
  refuse(problem: ProtocolError, since: number): Promise<never> {
    this.#statistics.failed(reasonOf(problem), nanoseconds(performance.now() - since));
    return Promise.reject(problem);
  }

  /** One that was asked before. */
  repeat({ rows }: ExecutionRequest, outputs: Tensors, since: number): Promise<ExecutionResult> {
    const outputNs = nanoseconds(performance.now() - since);
    const times = { queueNs: 0, inputNs: 0, inferNs: 0, outputNs };
    this.#statistics.succeeded(rows, outputNs, times, 'hit');
    return Promise.resolve({ outputs, times, batchSize: rows, cached: 'hit', inputsAreFree: true });
  }

  succeed(entry: QueueEntry, flight: Flight, outputs: Tensors, run: RunOutcome): void {
    if (entry.settled) return;
    if (entry.request.signal.aborted) {
      this.fail(entry, cancelled(this.#model));
      return;
    }
    // What it waited behind another run on the same process is waiting too.
    const waitedMs = flight.takenAt - entry.since + Math.max(0, flight.startedAt - flight.sentAt);
    const { inputNs, inferNs, outputNs, inputsAreFree } = run;
    const times = { queueNs: nanoseconds(waitedMs), inputNs, inferNs, outputNs };
    const cached = this.cache === null ? null : 'miss';
    if (entry.cacheKey !== null) this.cache!.set(entry.cacheKey, outputs);
    this.#statistics.succeeded(entry.rows, nanoseconds(performance.now() - entry.since), times, cached);
    this.#settle(entry, { outputs, times, batchSize: flight.rows, cached, inputsAreFree });
  }

  fail(entry: QueueEntry, problem: ProtocolError, reason: FailureReason = reasonOf(problem)): void {
    if (entry.settled) return;
    this.#statistics.failed(reason, nanoseconds(performance.now() - entry.since));
    this.#settle(entry, problem);
  }

  #settle(entry: QueueEntry, outcome: ExecutionResult | Error): void {
    entry.settled = true;
    this.#pending -= 1;
    if (this.#order === null) {
      entry.answer(outcome);
      return;
    }
    entry.outcome = outcome;
    for (let next = this.#order.next(); next !== null; next = this.#order.next()) next.answer(next.outcome!);
  }
}

function reasonOf({ problem }: ProtocolError): FailureReason {
  if (problem === 'unavailable') return 'REJECTED';
  if (problem === 'cancelled') return 'CANCELED';
  return problem === 'internal' ? 'BACKEND' : 'OTHER';
}
