import type { RoundContext, Sample } from '../harness/benchmark.ts';
import { leastSquares } from '../harness/statistics.ts';
import { residentMegabytes } from './resident-memory.ts';

/** How often memory is looked at; in quick mode as often as a line needs. */
const LOOKS = 50;
const QUICK_LOOKS = 4;

/** Why memory cannot be measured here, or `null`. */
export const needsProc = (): string | null =>
  process.platform === 'linux'
    ? null
    : 'Resident memory of child processes is read from `/proc`, which only Linux has.';

/**
 * Does `work` `count` times and looks at resident memory in between. The slope is that of the second
 * half, in MB per `unit` times: before, caches and heaps grow to their size.
 */
export async function measureSlope(
  { quick }: RoundContext,
  count: number,
  unit: number,
  work: () => Promise<unknown>,
): Promise<Sample> {
  const looks = quick ? QUICK_LOOKS : LOOKS;
  const places: number[] = [];
  const resident: number[] = [];
  for (let look = 0; look < looks; look += 1) {
    const until = Math.round(((look + 1) * count) / looks);
    for (let done = Math.round((look * count) / looks); done < until; done += 1) await work();
    globalThis.gc?.();
    places.push(until / unit);
    resident.push(residentMegabytes());
  }
  const half = quick ? 0 : LOOKS / 2;
  const line = leastSquares(places.slice(half), resident.slice(half));
  return { slope: line.slope, 'slope error': line.slopeError, first: resident[0]!, last: resident.at(-1)! };
}
