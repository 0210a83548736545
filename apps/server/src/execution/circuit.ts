import type { RecoveryPolicy } from './model-executor.ts';

/** Five ends in a minute are too many; then one attempt after 10 seconds, 20, 40, up to 5 minutes. */
export const DEFAULT_RECOVERY: RecoveryPolicy = Object.freeze({
  maxEnds: 5,
  withinMs: 60_000,
  coolDownMs: 10_000,
  maxCoolDownMs: 300_000,
  backoffMs: 200,
  maxBackoffMs: 30_000,
});

/**
 * Decides whether processes of a model are worth starting. It opens after too many unexpected ends, lets
 * one attempt through after a while, and closes when that succeeds. Until the first run has succeeded
 * after that, a single end opens it again. It looks at no clock of its own.
 */
export class Circuit {
  readonly #policy: RecoveryPolicy;
  readonly #ends: number[] = [];
  #state: 'closed' | 'open' | 'trying' = 'closed';
  #onProbation = false;
  #openUntil = 0;
  #coolDownMs: number;
  #reason = '';

  constructor(policy: RecoveryPolicy) {
    this.#policy = policy;
    this.#coolDownMs = policy.coolDownMs;
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** A clause, `''` while it is closed. */
  get reason(): string {
    return this.#reason;
  }

  /** How long it stays open at least. */
  remainingMs(now: number): number {
    return Math.max(0, this.#openUntil - now);
  }

  /** A process ended before it had answered anything, or could not be started. Gives whether that opened it. */
  ended(now: number, why: string): boolean {
    if (this.#state === 'open') return false;
    const { maxEnds, withinMs, maxCoolDownMs } = this.#policy;
    this.#ends.push(now);
    while (this.#ends[0]! <= now - withinMs) this.#ends.shift();
    const again = this.#state === 'trying' || this.#onProbation;
    if (!again && this.#ends.length < maxEnds) return false;
    if (again) this.#coolDownMs = Math.min(this.#coolDownMs * 2, maxCoolDownMs);
    this.#reason = again
      ? `its process ended again after a pause: ${why}`
      : `its processes ended ${this.#ends.length} times within ${withinMs / 1000} s without an answer, the last time: ${why}`;
    this.#ends.length = 0;
    this.#state = 'open';
    this.#openUntil = now + this.#coolDownMs;
    return true;
  }

  /** One attempt is made. */
  try(): void {
    this.#state = 'trying';
  }

  /** The attempt succeeded. */
  close(): void {
    this.#state = 'closed';
    this.#reason = '';
    this.#onProbation = true;
  }

  /** A run succeeded. */
  proved(): void {
    if (!this.#onProbation) return;
    this.#onProbation = false;
    this.#coolDownMs = this.#policy.coolDownMs;
  }
}
