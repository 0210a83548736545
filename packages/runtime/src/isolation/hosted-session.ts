import {
  checkFeeds,
  checkOutputNames,
  type BackendV1,
  type DeviceV1,
  type PlacementV1,
  type Tensors,
  type ValueInfo,
} from '@switchyard/core';
import type {
  IsolatedRunOptions,
  IsolatedSession,
  IsolationEvent,
  SessionIsolation,
} from './isolated-session.ts';
import type { Host, HostEnd, HostEvents, Job, OpenedSession } from './isolated-host.ts';
import {
  abortedError,
  brokenError,
  checkTimeout,
  closedError,
  crashedError,
  timedOutError,
} from './run-errors.ts';

/** Opens a host; the events are those of the session that it is for. */
export type OpenHost = (events: HostEvents) => Promise<Host>;

/** What the caller has to do with a session beyond its runs. */
export interface IsolationHooks {
  /** (optional) Told of what becomes of hosts. Default: nobody is told. */
  readonly tell?: (event: IsolationEvent) => void;
  /** (optional) Rejects when the model is not the one that was opened first. Default: nobody looks. */
  readonly checkModel?: () => Promise<void>;
}

/** A run that was given up before its turn is skipped; one that slipped through gets this long, then the process goes. */
const SKIP_GRACE_MS = 250;
const REOPEN_TRIES = 2;
const NO_OPTIONS: IsolatedRunOptions = Object.freeze({});

interface SessionJob extends Job {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
  readonly signal: AbortSignal | null;
  onAbort: (() => void) | null;
  timer: NodeJS.Timeout | null;
}

/** Opens a session in a host. Rejects with what opening failed with. */
export async function openHostedSession(
  backend: BackendV1,
  openHost: OpenHost,
  hooks: IsolationHooks = {},
): Promise<IsolatedSession> {
  const session = new HostedSession(backend, openHost, hooks);
  await session.open();
  return session;
}

/**
 * A session whose model runs in a thread or process. Calls wait here in the order in which they came;
 * only as many as the host's window are handed over, so that a caller who asks for thousands at once
 * costs no memory beyond his own feeds. What had not begun when a process ended is run on the next one.
 */
class HostedSession implements IsolatedSession, HostEvents {
  readonly #backend: string;
  readonly #openHost: OpenHost;
  readonly #tell: (event: IsolationEvent) => void;
  readonly #checkModel: (() => Promise<void>) | null;
  #host: Host | null = null;
  #opened!: OpenedSession;
  #pending = 0;
  #referenced = false;
  #nextId = 0;
  readonly #queue: SessionJob[] = [];
  readonly #sent: SessionJob[] = [];
  #grace: NodeJS.Timeout | null = null;
  #opening: Promise<void> | null = null;
  #closing: Promise<void> | null = null;
  /** How the host ended that was opened, but not taken yet. */
  #endedEarly: HostEnd | null = null;
  #broken: unknown = null;
  #whenIdle: (() => void) | null = null;
  #kind: Host['kind'] = 'process';
  #sharedMemory: string | null = null;
  #replaced = 0;
  readonly #notes: string[] = [];

  constructor(backend: BackendV1, openHost: OpenHost, { tell, checkModel }: IsolationHooks) {
    this.#backend = backend.manifest.id;
    this.#openHost = openHost;
    this.#tell = tell ?? (() => {});
    this.#checkModel = checkModel ?? null;
  }

  async open(): Promise<void> {
    this.#take(await this.#openHost(this));
    this.#opened = this.#host!.session;
  }

  get inputs(): readonly ValueInfo[] {
    return this.#opened.inputs;
  }

  get outputs(): readonly ValueInfo[] {
    return this.#opened.outputs;
  }

  get device(): DeviceV1 {
    return this.#opened.device;
  }

  get executionProviders(): readonly string[] {
    return this.#opened.executionProviders;
  }

  get isolation(): SessionIsolation {
    return {
      kind: this.#kind,
      pid: this.#host?.pid ?? null,
      sharedMemory: this.#sharedMemory,
      replaced: this.#replaced,
      notes: [...this.#notes],
    };
  }

  doRun(feeds: Tensors, options: IsolatedRunOptions = NO_OPTIONS): Promise<Tensors> {
    let wanted: readonly number[] | null = null;
    try {
      if (this.#closing !== null) throw closedError(this.#backend);
      checkFeeds(this.inputs, feeds);
      if (options.outputs !== undefined) {
        checkOutputNames(this.outputs, options.outputs);
        wanted = indicesOf(this.outputs, options.outputs);
      }
      return this.#enqueue<Tensors>('run', feeds, wanted, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  doPlacement(request: { readonly feeds?: Tensors } = {}): Promise<PlacementV1> {
    try {
      if (request.feeds !== undefined) checkFeeds(this.inputs, request.feeds);
      return this.#enqueue<PlacementV1>('placement', request.feeds ?? null, null, NO_OPTIONS);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (!this.#isIdle()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#whenIdle = resolve;
      await promise;
    }
    await this.#opening;
    this.#clearGrace();
    const host = this.#host;
    this.#host = null;
    this.#referenced = true;
    host?.setReferenced(true);
    await host?.close();
  }

  #enqueue<Result>(
    kind: Job['kind'],
    feeds: Tensors | null,
    wanted: readonly number[] | null,
    options: IsolatedRunOptions,
  ): Promise<Result> {
    const { signal = null, timeoutMs } = options;
    const limit = timeoutMs === undefined ? 0 : checkTimeout(timeoutMs);
    if (this.#closing !== null) throw closedError(this.#backend);
    if (signal?.aborted === true) throw abortedError(this.#backend, signal.reason);
    if (this.#broken !== null) throw brokenError(this.#backend, this.#broken);
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#nextId = (this.#nextId + 1) >>> 0;
    const job: SessionJob = {
      id: this.#nextId,
      kind,
      feeds,
      wanted,
      into: options.into ?? null,
      transfer: options.transfer ?? false,
      cancellable: (signal !== null || limit > 0) && options.skippable !== false,
      settled: false,
      resolve,
      reject,
      signal,
      onAbort: null,
      timer: null,
    };
    if (signal !== null) {
      job.onAbort = () => this.#giveUp(job, abortedError(this.#backend, signal.reason));
      signal.addEventListener('abort', job.onAbort, { once: true });
    }
    if (limit > 0) {
      job.timer = setTimeout(() => this.#giveUp(job, timedOutError(this.#backend, limit)), limit);
    }
    this.#pending += 1;
    if (!this.#referenced) {
      this.#referenced = true;
      this.#host?.setReferenced(true);
    }
    this.#queue.push(job);
    if (this.#host === null) this.#reopen();
    else this.#pump();
    return promise;
  }

  #pump(): void {
    for (let host = this.#host; host !== null && this.#hasRoom(host); host = this.#host) {
      const job = this.#queue.shift()!;
      this.#sent.push(job);
      try {
        host.send(job);
      } catch (error) {
        this.impossible(job, error);
      }
    }
  }

  #hasRoom(host: Host): boolean {
    return !host.sending && this.#sent.length < host.window && this.#queue.length > 0;
  }

  /** The caller does not want it any more. */
  #giveUp(job: SessionJob, error: Error): void {
    if (job.settled) return;
    this.#settle(job, error, null);
    const waiting = this.#queue.indexOf(job);
    if (waiting !== -1) this.#queue.splice(waiting, 1);
    else if (this.#sent[0] === job) {
      if (this.#host?.killable === true) this.#replace('a run was given up while it was running');
    } else this.#host?.cancel(job);
    this.#noticeIdle();
  }

  taken(id: number): Job | null {
    const job = this.#sent[0];
    if (job === undefined || job.id !== id) return null;
    this.#sent.shift();
    this.#clearGrace();
    this.#watchHead();
    this.#pump();
    if (job.settled) this.#noticeIdle();
    return job;
  }

  /** A run that was given up may have begun before that was known: then its process is in the way of others. */
  #watchHead(): void {
    const head = this.#sent[0];
    if (head === undefined || !head.settled || this.#host?.killable !== true) return;
    this.#grace = setTimeout(() => {
      if (this.#sent[0] === head) this.#replace('a run that was given up had begun');
    }, SKIP_GRACE_MS);
    this.#grace.unref();
  }

  first(id: number): Job | null {
    const job = this.#sent[0];
    return job?.id === id ? job : null;
  }

  finished(job: Job, tensors: Tensors): void {
    this.#settle(job as SessionJob, null, tensors);
    this.#noticeIdle();
  }

  placed(job: Job, placement: PlacementV1): void {
    this.#settle(job as SessionJob, null, placement);
    this.#noticeIdle();
  }

  failed(job: Job, error: unknown): void {
    this.#settle(job as SessionJob, error, null);
    this.#noticeIdle();
  }

  impossible(job: Job, error: unknown): void {
    const at = this.#sent.indexOf(job as SessionJob);
    if (at !== -1) this.#sent.splice(at, 1);
    this.failed(job, error);
  }

  ready(): void {
    this.#pump();
  }

  note(text: string): void {
    if (!this.#notes.includes(text) && this.#notes.length < 100) this.#notes.push(text);
  }

  ended(end: HostEnd): void {
    if (this.#host === null && this.#opening !== null) {
      this.#endedEarly = end;
      return;
    }
    const head = end.blamesHead ? this.#sent.shift() : undefined;
    if (head !== undefined) this.#settle(head, crashedError(this.#backend, this.#kind, end), null);
    this.note(`A ${this.#kind} ${end.how}.`);
    this.#lose();
    if (head !== undefined || this.#queue.length > 0) this.#reopen();
    this.#tell({
      kind: 'ended',
      how: end.how,
      evidence: end.evidence,
      intended: false,
      reopening: this.#opening !== null,
    });
    this.#noticeIdle();
  }

  /** Ends the process and goes on with the next one. */
  #replace(why: string): void {
    this.note(`A process was replaced: ${why}.`);
    const host = this.#host;
    this.#sent.shift();
    this.#lose();
    host?.kill();
    this.#reopen();
    this.#tell({
      kind: 'ended',
      how: `was ended because ${why}`,
      evidence: null,
      intended: true,
      reopening: this.#opening !== null,
    });
  }

  /** The host is gone. The first of what it had been given was dealt with; the rest had not begun. */
  #lose(): void {
    this.#host = null;
    this.#clearGrace();
    this.#queue.unshift(...this.#sent.splice(0).filter((job) => !job.settled));
  }

  #reopen(): void {
    if (this.#closing !== null && this.#pending === 0) return;
    this.#opening ??= this.#openAgain().finally(() => {
      this.#opening = null;
      this.#pump();
      this.#noticeIdle();
    });
  }

  async #openAgain(): Promise<void> {
    let problem: unknown;
    for (let attempt = 0; attempt < REOPEN_TRIES; attempt += 1) {
      try {
        this.#endedEarly = null;
        await this.#checkModel?.();
        const host = await this.#openHost(this);
        try {
          // Files may have changed in the moment in which they were read.
          await this.#checkModel?.();
          if (host.session.device.id !== this.#opened.device.id) {
            throw new Error(
              `The model was opened on \`${host.session.device.id}\` instead of \`${this.#opened.device.id}\`.`,
            );
          }
        } catch (error) {
          await host.close();
          throw error;
        }
        if (this.#endedEarly !== null) throw crashedError(this.#backend, this.#kind, this.#endedEarly);
        this.#replaced += 1;
        this.#take(host);
        this.#tell({ kind: 'replaced' });
        return;
      } catch (error) {
        problem = error;
      }
    }
    this.#broken = problem;
    this.#tell({ kind: 'lost', reason: brokenError(this.#backend, problem).message });
    for (const job of this.#queue.splice(0)) this.#settle(job, brokenError(this.#backend, problem), null);
  }

  #take(host: Host): void {
    this.#host = host;
    this.#kind = host.kind;
    this.#sharedMemory = host.sharedMemory;
    this.#referenced = this.#pending > 0;
    host.setReferenced(this.#referenced);
  }

  #settle(job: SessionJob, error: unknown, value: unknown): void {
    if (job.settled) return;
    job.settled = true;
    if (job.timer !== null) clearTimeout(job.timer);
    if (job.onAbort !== null) job.signal!.removeEventListener('abort', job.onAbort);
    this.#pending -= 1;
    if (error === null) job.resolve(value as never);
    else job.reject(error);
    // A caller that runs in a loop asks again before this comes to its turn, and nothing is let go and taken back.
    if (this.#pending === 0) queueMicrotask(this.#letGo);
  }

  #isIdle(): boolean {
    return this.#pending === 0 && this.#sent.length === 0 && this.#opening === null;
  }

  /** Nothing is pending: what stays open must not keep this process alive. */
  readonly #letGo = (): void => {
    if (this.#pending > 0 || !this.#referenced) return;
    this.#referenced = false;
    this.#host?.setReferenced(false);
  };

  #noticeIdle(): void {
    if (this.#whenIdle === null || !this.#isIdle()) return;
    this.#whenIdle();
    this.#whenIdle = null;
  }

  #clearGrace(): void {
    if (this.#grace !== null) clearTimeout(this.#grace);
    this.#grace = null;
  }
}

function indicesOf(outputs: readonly ValueInfo[], names: readonly string[]): number[] {
  const wanted = new Set(names);
  const indices: number[] = [];
  for (const [index, { name }] of outputs.entries()) if (wanted.has(name)) indices.push(index);
  return indices;
}
