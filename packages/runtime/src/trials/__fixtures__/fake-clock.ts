import type { TrialClock } from '../trial-clock.ts';

/** A clock that only moves when it is told to. */
export interface FakeClock extends TrialClock {
  advance(milliseconds: number): void;
}

export function fakeClock(): FakeClock {
  let time = 0;
  const waiting = new Set<{ readonly due: number; readonly wake: () => void }>();
  return {
    now: () => time,
    date: () => new Date(Date.UTC(2026, 10, 22) + time),
    wait: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const entry = { due: time + milliseconds, wake: resolve };
        waiting.add(entry);
        signal.addEventListener('abort', () => {
          waiting.delete(entry);
          reject(new Error('not waited for any more'));
        });
      }),
    advance(milliseconds) {
      time += milliseconds;
      for (const entry of waiting) {
        if (entry.due > time) continue;
        waiting.delete(entry);
        entry.wake();
      }
    },
  };
}
