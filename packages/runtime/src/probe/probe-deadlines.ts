import type { ProbeLevelName } from './probe-record.ts';

/** Milliseconds that a level may take, and the whole probe. */
export type ProbeDeadlines = Readonly<Record<ProbeLevelName | 'total', number>>;

/** First loads of a driver compile kernels, which takes tens of seconds on some machines. */
export const PROBE_DEADLINES: ProbeDeadlines = Object.freeze({
  artifacts: 10_000,
  module: 20_000,
  engine: 60_000,
  devices: 20_000,
  model: 60_000,
  placement: 60_000,
  total: 180_000,
});

/** A timer that is longer than this fires at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Deadlines with the defaults filled in; `Infinity` becomes the longest that a timer can have. */
export function probeDeadlines(given: Partial<ProbeDeadlines> = {}): ProbeDeadlines {
  const all = { ...PROBE_DEADLINES, ...given };
  for (const [name, value] of Object.entries(all)) {
    if (Number.isNaN(value) || value <= 0) {
      throw new RangeError(
        `The deadline \`${name}\` of a probe cannot be ${value}: give milliseconds above 0.`,
      );
    }
  }
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => [name, Math.min(value, LONGEST_MS)]),
  ) as ProbeDeadlines;
}
