import type { Tensors } from '@switchyard/core';
import { errorText } from '@switchyard/core';
import type { IsolationEvent, Session } from '@switchyard/runtime';
import { BATCH_WEIGHT, type Flight } from './flight.ts';
import type { RecoveryPolicy } from './model-executor.ts';

/** Opens and warms a session; the signal ends the attempt. */
export type OpenSession = (tell: (event: IsolationEvent) => void, signal: AbortSignal) => Promise<Session>;

export interface InstanceEvents {
  done(instance: Instance, flight: Flight, outputs: Tensors): void;
  failed(instance: Instance, flight: Flight, error: unknown): void;
  /** Its process ended, or another could not be started. `inVain` when it had not answered a single request. */
  ended(reason: string, inVain: boolean): void;
  /** It takes runs again. */
  restored(): void;
}

/** Handing a run over takes as long as a small one itself, so that some are on their way to a process. */
const MOST_WEIGHT_AHEAD = 4;
/** Runs that are handed over together take no longer than this, so that what comes later has a say in the order. */
const AHEAD_MS = 5;
/**
 * A batch that takes less costs more to send than to wait for: what comes meanwhile makes the next one larger,
 * until it is as large as the one before it.
 */
const SHORT_MS = 1;

/**
 * A place where a model runs: a session, and another one when the first is lost. The runtime replaces the
 * process of a session that ended in mid-run by itself; what it does not replace is replaced here, with
 * growing pauses between attempts.
 */
export class Instance {
  readonly #open: OpenSession;
  readonly #events: InstanceEvents;
  readonly #recovery: RecoveryPolicy;
  /** Runs on their way, in the order in which the process takes them. */
  readonly flights: Flight[] = [];
  readonly #spare: AbortController[] = [];
  readonly #ending = new AbortController();
  #session: Session | null = null;
  /** Events of sessions that were given up are not its own any more. */
  #generation = 0;
  /** What was begun before it was stopped is not gone on with. */
  #epoch = 0;
  #state: 'up' | 'reopening' | 'down' = 'down';
  #attempts = 0;
  /** Its process has answered a request. */
  #isProved = false;
  #replaced = 0;
  #isProcess = false;
  #pause: (() => void) | null = null;
  #recovering: Promise<void> | null = null;
  #recoverAgain = false;
  #averageMs = 0;
  readonly #closings = new Set<Promise<void>>();

  constructor(open: OpenSession, events: InstanceEvents, recovery: RecoveryPolicy) {
    this.#open = open;
    this.#events = events;
    this.#recovery = recovery;
  }

  get session(): Session | null {
    return this.#session;
  }

  get isUp(): boolean {
    return this.#state === 'up';
  }

  get replaced(): number {
    return this.#replaced;
  }

  /** Whether its runs share no memory with this process. */
  get isProcess(): boolean {
    return this.#isProcess;
  }

  /** Whether it takes another run now, while so many requests wait. */
  hasRoom(waiting: number): boolean {
    if (this.#state !== 'up') return false;
    const { length } = this.flights;
    if (length === 0) return true;
    // Before the first answer nobody knows how long one takes.
    if (this.#averageMs === 0 || length * this.#averageMs >= AHEAD_MS) return false;
    const isShort = this.#averageMs < SHORT_MS;
    let weight = 0;
    for (const flight of this.flights) {
      if (isShort && flight.weight === BATCH_WEIGHT && waiting < flight.entries.length) return false;
      weight += flight.weight;
    }
    return weight < MOST_WEIGHT_AHEAD;
  }

  /** Opens its session. @throws what opening or warming failed with */
  async start(): Promise<void> {
    const epoch = this.#epoch;
    this.#generation += 1;
    const generation = this.#generation;
    const session = await this.#open((event) => this.#onEvent(generation, event), this.#ending.signal);
    if (epoch !== this.#epoch) {
      await session.close();
      throw new Error('It was stopped while it was being opened.');
    }
    this.#session = session;
    this.#isProcess = session.isolation.kind === 'process';
    this.#state = 'up';
    this.#isProved = false;
  }

  /** The same in the place of a session that is of no use any more. */
  async restart(): Promise<void> {
    await this.start();
    this.#replaced += 1;
  }

  run(flight: Flight, feeds: Tensors, outputs: readonly string[] | null): void {
    if (this.flights.length === 0) flight.startedAt = flight.sentAt;
    this.flights.push(flight);
    flight.controller = this.#spare.pop() ?? new AbortController();
    const { signal } = flight.controller;
    // What is aborted is what runs, or everything together with the process.
    const options = { signal, skippable: false };
    this.#session!.run(feeds, outputs === null ? options : { ...options, outputs }).then(
      (results) => this.#events.done(this, flight, results),
      (error: unknown) => this.#events.failed(this, flight, error),
    );
  }

  /** Ends the run whose turn it is, when it took too long. Gives when that will be so of the one there is. */
  endLateRun(limitMs: number, now: number): number {
    const [head] = this.flights;
    if (limitMs === 0 || head === undefined || head.timedOut) return Infinity;
    // The start of its process is not its own time.
    if (this.#state === 'reopening' || head.startedAt === 0) return now + limitMs;
    const due = head.startedAt + limitMs;
    if (due > now) return due;
    head.timedOut = true;
    head.controller?.abort();
    return now + limitMs;
  }

  /** A run is over: the next one has its turn. Gives how long its own turn took, in milliseconds. */
  finish(flight: Flight, now: number): number {
    const { flights } = this;
    const at = flights.indexOf(flight);
    flights.splice(at, 1);
    if (flight.controller?.signal.aborted === false) this.#spare.push(flight.controller);
    const next = flights[0];
    if (next !== undefined && next.startedAt === 0) next.startedAt = now;
    const took = now - (flight.startedAt === 0 ? flight.sentAt : flight.startedAt);
    this.#averageMs = this.#averageMs === 0 ? took : this.#averageMs * 0.8 + took * 0.2;
    return took;
  }

  /** A run succeeded, so that what it runs in is sound. */
  proved(): void {
    this.#attempts = 0;
    this.#isProved = true;
  }

  /** Closes a session that is of no use, and opens another one until that succeeds or it is stopped. */
  recover(): void {
    if (this.#ending.signal.aborted) return;
    if (this.#recovering !== null) {
      // What is being opened was stopped, and is thrown away when it is there.
      this.#recoverAgain = true;
      return;
    }
    this.#recovering = this.#recover().finally(() => {
      this.#recovering = null;
      if (!this.#recoverAgain) return;
      this.#recoverAgain = false;
      this.recover();
    });
  }

  async #recover(): Promise<void> {
    this.#drop();
    const epoch = this.#epoch;
    for (;;) {
      await this.#wait();
      if (epoch !== this.#epoch) return;
      this.#attempts += 1;
      try {
        await this.restart();
      } catch (error) {
        if (epoch !== this.#epoch) return;
        this.#events.ended(`could not be started again: ${errorText(error)}`, true);
        continue;
      }
      this.#events.restored();
      return;
    }
  }

  /** Takes no runs any more; those on their way come to their end. It can be started again. */
  stop(): void {
    this.#epoch += 1;
    this.#pause?.();
    this.#drop();
  }

  /** The same, for good, once nothing is on its way. */
  async close(): Promise<void> {
    this.#ending.abort(new Error('The model is being unloaded.'));
    this.stop();
    await this.#recovering;
    await Promise.all(this.#closings);
  }

  /** Ends its runs, and with them its process. */
  kill(): void {
    // The last first: the process goes with the one that runs, when nothing is left to start another for.
    for (const { controller } of this.flights.toReversed()) controller?.abort();
  }

  #drop(): void {
    this.#state = 'down';
    const session = this.#session;
    this.#session = null;
    if (session === null) return;
    const closing = session
      .close()
      // What it failed at was its own end; there is nobody left whom that concerns.
      .catch((error: unknown) => this.#events.ended(`could not be closed: ${errorText(error)}`, false))
      .finally(() => this.#closings.delete(closing));
    this.#closings.add(closing);
  }

  #onEvent(generation: number, event: IsolationEvent): void {
    const mine = generation === this.#generation && this.#session !== null;
    switch (event.kind) {
      case 'ended': {
        if (mine) this.#state = event.reopening ? 'reopening' : 'down';
        const words = event.evidence === null ? event.how : `${event.how}. ${event.evidence}`;
        this.#events.ended(words, mine && !event.intended && !this.#isProved);
        if (mine && !event.reopening && this.#session !== null) this.recover();
        return;
      }
      case 'replaced': {
        if (!mine) return;
        this.#state = 'up';
        this.#isProved = false;
        this.#replaced += 1;
        // Its time begins with the process that runs it.
        const [head] = this.flights;
        if (head !== undefined) head.startedAt = performance.now();
        this.#events.restored();
        return;
      }
      case 'lost': {
        if (!mine) return;
        this.#events.ended(event.reason, true);
        if (this.#session !== null) this.recover();
      }
    }
  }

  #wait(): Promise<void> {
    if (this.#attempts === 0) return Promise.resolve();
    const { backoffMs, maxBackoffMs } = this.#recovery;
    const longest = Math.min(maxBackoffMs, backoffMs * 2 ** (this.#attempts - 1));
    const { promise, resolve } = Promise.withResolvers<void>();
    // Between half and all of it, so that instances that fell together do not get up together.
    const timer = setTimeout(resolve, longest * (0.5 + Math.random() / 2));
    this.#pause = () => {
      clearTimeout(timer);
      resolve();
    };
    return promise;
  }
}
