import { SHARE_ENV, Worker } from 'node:worker_threads';
import { ExecutionError, type Tensors } from '@switchyard/core';
import { threadArguments } from './child-arguments.ts';
import { entryUrl } from './entry-url.ts';
import { guardThread } from './exit-guard.ts';
import { store } from './inline-session.ts';
import type { Host, HostEvents, Job, OpenedSession, OpenOrder } from './isolated-host.ts';
import { BUSY, SENT, STATE_BYTES, STOP } from './thread-state.ts';
import {
  flatten,
  THREAD_KINDS,
  unflatten,
  type ThreadAnswer,
  type ThreadRequest,
} from './thread-messages.ts';
import { fromWireError } from './wire-error.ts';

const WINDOW = 4;
const EMPTY_FEEDS: Tensors = Object.freeze({});

export interface ThreadHostOptions {
  readonly signal: AbortSignal | null;
  readonly onProgress: ((phase: string) => void) | null;
  /** Milliseconds that an exit of this process waits for native code to come to its end. */
  readonly exitWaitMs: number;
}

/** Starts a thread and opens the model of the order there. Rejects with what opening failed with. */
export async function openThreadHost(
  order: OpenOrder,
  events: HostEvents,
  options: ThreadHostOptions,
): Promise<Host> {
  if (options.signal?.aborted === true) throw openAborted(order, options.signal);
  const host = new ThreadHost(order, events, options);
  await host.open();
  return host;
}

class ThreadHost implements Host {
  readonly kind = 'thread';
  readonly pid = process.pid;
  readonly window = WINDOW;
  readonly killable = false;
  readonly sharedMemory = null;
  readonly sending = false;
  session!: OpenedSession;
  readonly #order: OpenOrder;
  readonly #events: HostEvents;
  readonly #options: ThreadHostOptions;
  readonly #worker: Worker;
  readonly #state: Int32Array;
  readonly #unguard: () => void;
  #opening: { readonly resolve: () => void; readonly reject: (error: Error) => void } | null = null;
  #closed: (() => void) | null = null;
  #lastError: string | null = null;
  #ended = false;

  constructor(order: OpenOrder, events: HostEvents, options: ThreadHostOptions) {
    this.#order = order;
    this.#events = events;
    this.#options = options;
    this.#state = new Int32Array(new SharedArrayBuffer(STATE_BYTES));
    // It may load a native library before it can say so itself.
    Atomics.store(this.#state, BUSY, 1);
    this.#unguard = guardThread(this.#state, options.exitWaitMs);
    this.#worker = new Worker(entryUrl('thread-entry'), {
      workerData: { order, state: this.#state },
      execArgv: threadArguments(process.execArgv),
      // An engine reads the environment of the process, which a copy for the thread would not reach.
      env: SHARE_ENV,
    });
    this.#worker.on('message', (answer: ThreadAnswer) => this.#onAnswer(answer));
    this.#worker.on('error', (error) => {
      this.#lastError = error instanceof Error ? error.message : String(error);
    });
    this.#worker.on('exit', (code) => this.#onExit(code));
  }

  async open(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#opening = { resolve, reject };
    const { signal } = this.#options;
    const onAbort = (): void => reject(openAborted(this.#order, signal));
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
      this.#opening = null;
    } catch (error) {
      this.#opening = null;
      // A thread in native code cannot be ended: it closes itself when it has opened.
      void this.close();
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  send(job: Job): void {
    const moved: ArrayBuffer[] = [];
    const tensors = flatten(this.session.inputs, job.feeds ?? EMPTY_FEEDS, !job.transfer, moved);
    const kind = job.kind === 'run' ? THREAD_KINDS.run : THREAD_KINDS.placement;
    this.#post([kind, job.id, job.wanted, tensors], moved);
  }

  cancel(job: Job): void {
    this.#post([THREAD_KINDS.cancel, job.id, null, []]);
  }

  setReferenced(referenced: boolean): void {
    if (referenced) this.#worker.ref();
    else this.#worker.unref();
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#closed = resolve;
    this.#post([THREAD_KINDS.close, 0, null, []]);
    await promise;
    this.#end();
    // Nothing native is running now; something else may keep the thread alive.
    await this.#worker.terminate();
  }

  kill(): void {
    // Ending a thread that is in native code aborts the whole process.
  }

  #post(request: ThreadRequest, moved?: ArrayBuffer[]): void {
    this.#worker.postMessage(request, moved);
    // Afterwards: a thread that sees the number finds the message.
    Atomics.add(this.#state, SENT, 1);
  }

  #onAnswer(answer: ThreadAnswer): void {
    if (this.#ended) return;
    switch (answer[0]) {
      case 'result': {
        const job = this.#take(answer[1]);
        if (job.settled) return;
        try {
          this.#events.finished(job, store(unflatten(this.session.outputs, answer[2]), job.into));
        } catch (error) {
          this.#events.failed(job, error);
        }
        return;
      }
      case 'failed': {
        const job = this.#take(answer[1]);
        const member = job.kind === 'run' ? 'doRun' : 'doPlacement';
        this.#events.failed(job, fromWireError(answer[2], this.#order.backend, member));
        return;
      }
      case 'placed':
        this.#events.placed(this.#take(answer[1]), answer[2]);
        return;
      case 'skipped':
        this.#take(answer[1]);
        return;
      case 'opened':
        this.session = answer[1];
        this.#opening?.resolve();
        return;
      case 'unopened':
        this.#opening?.reject(fromWireError(answer[1], this.#order.backend, 'doOpen'));
        return;
      case 'progress':
        this.#options.onProgress?.(answer[1]);
        return;
      case 'closed':
        this.#closed?.();
    }
  }

  #take(id: number): Job {
    const job = this.#events.taken(id);
    if (job === null) throw new TypeError(`A thread answered the call ${id}, which is not its turn.`);
    return job;
  }

  #onExit(code: number): void {
    if (this.#ended) return;
    this.#end();
    this.#closed?.();
    const how = this.#lastError === null ? `exited with status ${code}` : `ended (${this.#lastError})`;
    if (this.#opening !== null) this.#opening.reject(new Error(`The thread that opened the model ${how}.`));
    else if (this.#closed === null) this.#events.ended({ how, evidence: null, blamesHead: true });
  }

  #end(): void {
    this.#ended = true;
    Atomics.store(this.#state, STOP, 1);
    Atomics.store(this.#state, BUSY, 0);
    this.#unguard();
  }
}

function openAborted(order: OpenOrder, signal: AbortSignal | null): ExecutionError {
  return new ExecutionError('aborted', 'The caller aborted the opening of the model.', {
    backend: order.backend.id,
    cause: signal?.reason,
  });
}
