import { ExecutionError } from '@switchyard/core';
import type { TrialClock } from './trial-clock.ts';

/** The time was spent while something was still under way. It never leaves the trials. */
export class TimeSpent extends Error {
  /** What was under way. */
  readonly during: string;
  /** Milliseconds that it had been under way. */
  readonly milliseconds: number;

  constructor(during: string, milliseconds: number) {
    super(`The time was spent during ${during}.`);
    this.name = 'TimeSpent';
    this.during = during;
    this.milliseconds = milliseconds;
  }
}

/** The caller gave up. Whoever began the budget throws the error inside. */
export class GivenUp extends Error {
  readonly error: ExecutionError;

  constructor(error: ExecutionError) {
    super(error.message);
    this.name = 'GivenUp';
    this.error = error;
  }
}

/** A limit of time over several steps. */
export interface TimeBudget extends Disposable {
  /** Aborts when the time is spent or the caller gives up; whoever can be interrupted is given it. */
  readonly signal: AbortSignal;
  /**
   * Waits for one step, or until the time is spent, whichever is first. What a step that is too late still
   * returns goes to `tooLate`.
   *
   * @throws TimeSpent, or GivenUp when the caller gave up
   */
  spend<Result>(
    during: string,
    step: () => Promise<Result>,
    tooLate?: (result: Result) => void,
  ): Promise<Result>;
}

/** Starts a budget of time. */
export function startBudget(
  milliseconds: number,
  clock: TrialClock,
  backend: string,
  signal: AbortSignal | undefined,
): TimeBudget {
  const ending = new AbortController();
  const ended = new AbortController();
  const over = signal === undefined ? ended.signal : AbortSignal.any([ended.signal, signal]);
  // Settles when the time is spent; it is aborted, and swallowed on purpose, when the budget is not needed any more.
  const spent = clock.wait(milliseconds, ending.signal).then(
    () => ended.abort(),
    () => undefined,
  );
  const until = Promise.race([spent, aborted(over)]);

  return {
    signal: over,
    async spend(during, step, tooLate) {
      giveUp(signal, backend);
      const begin = clock.now();
      if (over.aborted) throw new TimeSpent(during, 0);
      const running = step();
      const first = await Promise.race([
        running.then((result) => ({ result })),
        until.then(() => null),
      ]).catch((error: unknown) => {
        // A step that was interrupted may say so itself, before anybody else does.
        if (over.aborted) return null;
        throw error;
      });
      if (first !== null) return first.result;
      // Nobody waits for it any more; how it fails does not matter, but a session must not stay open.
      running.then(tooLate, () => undefined);
      giveUp(signal, backend);
      throw new TimeSpent(during, clock.now() - begin);
    },
    [Symbol.dispose]() {
      ending.abort();
    },
  };
}

function giveUp(signal: AbortSignal | undefined, backend: string): void {
  if (signal?.aborted !== true) return;
  throw new GivenUp(
    new ExecutionError('aborted', 'The caller ended the trials before they were done.', {
      backend,
      cause: signal.reason,
    }),
  );
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
