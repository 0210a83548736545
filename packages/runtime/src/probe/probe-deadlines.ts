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
