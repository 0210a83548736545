import { errorText } from '@switchyard/core';
import type { ProtocolError } from '@switchyard/open-inference';
import type { ModelEvent } from '../operation/observer.ts';
import { Circuit, DEFAULT_RECOVERY } from './circuit.ts';
import { circuitOpen } from './execution-problems.ts';
import { Instance, type InstanceEvents, type OpenSession } from './instance.ts';
import type { ExecutorConfig, ExecutorHealth } from './model-executor.ts';
import { residentBytes } from './resident-bytes.ts';

export interface GroupEvents extends Pick<InstanceEvents, 'done' | 'failed'> {
  /** Some instance takes runs that did not before. */
  available(): void;
  /** Nothing is started for now: what waits, waits in vain. */
  unavailable(): void;
}

/** The instances of a model, and the circuit that decides whether one that ended is worth another. */
export class InstanceGroup implements InstanceEvents {
  readonly all: readonly Instance[];
  readonly done: InstanceEvents['done'];
  readonly failed: InstanceEvents['failed'];
  readonly #config: ExecutorConfig;
  readonly #events: GroupEvents;
  readonly #tell: (event: ModelEvent) => void;
  readonly #circuit: Circuit;
  #coolDown: NodeJS.Timeout | null = null;
  #attempt: Promise<void> = Promise.resolve();
  #isClosed = false;
  #lastEnd = '';

  constructor(
    config: ExecutorConfig,
    open: OpenSession,
    events: GroupEvents,
    tell: (event: ModelEvent) => void,
  ) {
    const { recovery = DEFAULT_RECOVERY } = config;
    this.#config = config;
    this.#events = events;
    this.#tell = tell;
    this.#circuit = new Circuit(recovery);
    this.done = (instance, flight, outputs) => {
      instance.proved();
      this.#circuit.proved();
      events.done(instance, flight, outputs);
    };
    this.failed = (instance, flight, error) => events.failed(instance, flight, error);
    this.all = Array.from({ length: config.instances }, () => new Instance(open, this, recovery));
  }

  /** Starts all of them. @throws what the first that failed failed with; none is left then */
  async start(): Promise<void> {
    try {
      const [first, ...others] = this.all;
      // The others find what the first has taught: what was probed, tried and chosen.
      await first!.start();
      await Promise.all(others.map((instance) => instance.start()));
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  get isFlying(): boolean {
    return this.all.some(({ flights }) => flights.length > 0);
  }

  /** Whether requests may wait for an instance. */
  get isAvailable(): boolean {
    return this.#circuit.isClosed;
  }

  /** What there is to say while nothing is started. */
  problem(): ProtocolError {
    const seconds = Math.max(1, Math.ceil(this.#circuit.remainingMs(performance.now()) / 1000));
    return circuitOpen(this.#config.model, this.#circuit.reason, seconds);
  }

  /** The instance for the next run, `null` when there is none: an idle one, or one that takes another. */
  free(waiting: number): Instance | null {
    let best: Instance | null = null;
    for (const instance of this.all) {
      if (!instance.hasRoom(waiting)) continue;
      if (instance.flights.length === 0) return instance;
      best ??= instance;
    }
    return best;
  }

  health(): ExecutorHealth {
    const down = this.all.filter((instance) => !instance.isUp).length;
    const instances = this.all.map(({ session, flights, replaced }) => ({
      pid: session?.isolation.pid ?? null,
      busy: flights.length > 0,
      replaced,
    }));
    if (!this.#circuit.isClosed) return { state: 'failed', reason: `${this.#circuit.reason}.`, instances };
    if (down === 0) return { state: 'ready', reason: '', instances };
    const reason = `${down} of ${this.all.length} instances are being started again, because the last one ${this.#lastEnd}.`;
    return { state: 'recovering', reason, instances };
  }

  residentBytes(): number | null {
    let total: number | null = null;
    for (const { session } of this.all) {
      const isolation = session?.isolation;
      if (isolation?.kind !== 'process' || isolation.pid === null) continue;
      const bytes = residentBytes(isolation.pid);
      if (bytes !== null) total = (total ?? 0) + bytes;
    }
    return total;
  }

  /** Ends them when nothing is on its way, and starts none again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#coolDown !== null) clearTimeout(this.#coolDown);
    await Promise.all(this.all.map((instance) => instance.close()));
    await this.#attempt;
  }

  /** Ends them now. What is on its way is rejected. */
  kill(): void {
    void this.close();
    for (const instance of this.all) instance.kill();
  }

  ended(reason: string, inVain: boolean): void {
    const { model, version } = this.#config;
    this.#lastEnd = reason;
    this.#tell({ kind: 'instance-ended', model, version, reason });
    if (!inVain || this.#isClosed) return;
    const now = performance.now();
    if (!this.#circuit.ended(now, reason)) return;
    for (const instance of this.all) instance.stop();
    this.#tell({ kind: 'circuit-open', model, version, reason: this.#circuit.reason });
    this.#events.unavailable();
    this.#coolDown = setTimeout(() => {
      this.#attempt = this.#tryAgain();
    }, this.#circuit.remainingMs(now));
    this.#coolDown.unref();
  }

  restored(): void {
    const { model, version } = this.#config;
    this.#tell({ kind: 'instance-restored', model, version });
    this.#events.available();
  }

  /** One process is started; what becomes of it decides about the others. */
  async #tryAgain(): Promise<void> {
    const { model, version } = this.#config;
    const [first, ...others] = this.all;
    this.#circuit.try();
    try {
      await first!.restart();
    } catch (error) {
      if (!this.#isClosed) this.ended(`could not be started again: ${errorText(error)}`, true);
      return;
    }
    this.#circuit.close();
    this.#tell({ kind: 'circuit-closed', model, version });
    this.#events.available();
    for (const instance of others) instance.recover();
  }
}
