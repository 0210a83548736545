import { brief } from './compare-tensors.ts';
import type { TrialPolicy } from './trial-policy.ts';
import type { Verdict } from './verdict.ts';

/** Times of one session, in milliseconds. */
export interface Spread {
  readonly runs: number;
  readonly median: number;
  /** A quarter of the runs took at most this long. */
  readonly lowerQuartile: number;
  /** Three quarters of the runs took at most this long. */
  readonly upperQuartile: number;
}

export interface SpeedFigures {
  readonly candidate: Spread;
  readonly reference: Spread;
  /** Median of the candidate over that of the reference; below 1 is faster. `null` where the clock was too coarse. */
  readonly ratio: number | null;
}

/** Quantile of a sorted list by linear interpolation; `share` goes from 0 to 1. */
export function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)]!;
  const above = sorted[Math.ceil(position)]!;
  return below + (above - below) * (position - Math.floor(position));
}

/** Median and quartiles of at least one time. */
export function spreadOf(times: readonly number[]): Spread {
  if (times.length === 0) throw new RangeError('A spread needs at least one time.');
  const sorted = times.toSorted((left, right) => left - right);
  return {
    runs: sorted.length,
    median: quantile(sorted, 0.5),
    lowerQuartile: quantile(sorted, 0.25),
    upperQuartile: quantile(sorted, 0.75),
  };
}

/**
 * Whether a backend is slower than the CPU. It is only called slower when its median exceeds the margin *and*
 * the middle halves of both do not touch. A median beyond the margin with halves that touch is no verdict:
 * neither "slower" nor "not slower" was shown, and the choice stays where it was, so that noise moves nothing.
 */
export function judgeSpeed(
  candidate: readonly number[],
  reference: readonly number[],
  policy: TrialPolicy['speed'],
): Verdict & { readonly figures: SpeedFigures } {
  const [own, cpu] = [spreadOf(candidate), spreadOf(reference)];
  const ratio = cpu.median > 0 ? own.median / cpu.median : null;
  const figures: SpeedFigures = { candidate: own, reference: cpu, ratio };
  const said = `median ${describe(own)}, on the CPU ${describe(cpu)}, over ${own.runs} rounds`;
  if (ratio === null)
    return { verdict: 'none', text: `The runs are too short for the clock: ${said}.`, figures };
  const times = `${brief(ratio)} times the CPU`;
  if (ratio <= policy.maximumRatio) {
    return { verdict: 'passed', text: `It took ${times}: ${said}.`, figures };
  }
  if (own.lowerQuartile > cpu.upperQuartile) {
    return {
      verdict: 'failed',
      text: `It was slower, ${times}, where at most ${policy.maximumRatio} are allowed: ${said}.`,
      figures,
    };
  }
  return { verdict: 'none', text: `The times overlap too much to tell, ${times}: ${said}.`, figures };
}

function describe({ median, lowerQuartile, upperQuartile }: Spread): string {
  return `${brief(median)} ms (half of the runs from ${brief(lowerQuartile)} to ${brief(upperQuartile)})`;
}
