import { setTimeout as wait } from 'node:timers/promises';

/** Time as the trials see it. Given, so that tests need not wait. */
export interface TrialClock {
  /** Milliseconds from some moment on; never goes backwards. */
  now(): number;
  /** Resolves after so many milliseconds, and rejects when the signal aborts. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** The date. */
  date(): Date;
}

/** The clock of this machine. */
export const TRIAL_CLOCK: TrialClock = Object.freeze({
  now: () => performance.now(),
  wait: (milliseconds: number, signal: AbortSignal) => wait(milliseconds, undefined, { signal }),
  date: () => new Date(),
});
