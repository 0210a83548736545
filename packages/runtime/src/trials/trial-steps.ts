import { errorText, type BackendSessionV1, type Tensors } from '@switchyard/core';
import { brief, compareTensors, type OutputComparison } from './compare-tensors.ts';
import { judgePlacement } from './judge-placement.ts';
import { judgeSpeed, spreadOf, type SpeedFigures } from './judge-speed.ts';
import type { TrialCase } from './prepare-cases.ts';
import { GivenUp, TimeSpent, type TimeBudget } from './time-budget.ts';
import type { TrialClock } from './trial-clock.ts';
import type { TrialPolicy } from './trial-policy.ts';
import type { TrialFigures } from './trial-types.ts';
import type { Verdict } from './verdict.ts';

/** What the steps of one trial share. */
export interface Bench {
  readonly candidate: BackendSessionV1;
  readonly reference: BackendSessionV1;
  readonly policy: TrialPolicy;
  readonly budget: TimeBudget;
  readonly clock: TrialClock;
}

/** Asks the engine where the nodes ran. */
export async function tryPlacement(
  bench: Bench,
  feeds: Tensors,
): Promise<Verdict & Pick<TrialFigures, 'placement' | 'share'>> {
  const { candidate, budget } = bench;
  try {
    const placement = await budget.spend('the look at the placement', () => candidate.doPlacement({ feeds }));
    const { share, ...verdict } = judgePlacement(placement, candidate.device, bench.policy.placement);
    return { ...verdict, placement, share };
  } catch (error) {
    if (endsTrials(error)) throw error;
    return {
      verdict: 'failed',
      text: `It failed while it was asked where the nodes ran: ${errorText(error)}`,
      placement: null,
      share: null,
    };
  }
}

/** Runs every case and compares it with the reference. */
export async function tryParity(
  bench: Bench,
  cases: readonly TrialCase[],
  incomparable: string | null,
): Promise<
  Verdict & { readonly parity: NonNullable<TrialFigures['parity']>; readonly firstRunMs: number | null }
> {
  const parity: { label: string; outputs: readonly OutputComparison[] }[] = [];
  let firstRunMs: number | null = null;
  for (const { label, feeds, expected } of cases) {
    let outputs: readonly OutputComparison[];
    try {
      const begin = bench.clock.now();
      const results = await bench.budget.spend(`its run with ${label}`, () =>
        bench.candidate.doRun(feeds, { signal: bench.budget.signal }),
      );
      firstRunMs ??= bench.clock.now() - begin;
      outputs = Object.entries(expected).map(([name, tensor]) =>
        compareTensors(name, tensor, results[name], bench.policy.parity.tolerances),
      );
    } catch (error) {
      if (endsTrials(error)) throw error;
      const text = `It failed with ${label}, on inputs that the CPU runs: ${errorText(error)}`;
      return { verdict: 'failed', text, parity, firstRunMs };
    }
    parity.push({ label, outputs });
    const wrong = outputs.find((output) => !output.agrees);
    if (wrong === undefined || incomparable !== null) continue;
    return { verdict: 'failed', text: `With ${label}: ${wrong.problem}`, parity, firstRunMs };
  }
  if (incomparable !== null) return { verdict: 'none', text: incomparable, parity, firstRunMs };
  return { verdict: 'passed', text: agreement(parity), parity, firstRunMs };
}

/** Runs both in turns on the same inputs. */
export async function trySpeed(
  bench: Bench,
  { label, feeds }: TrialCase,
): Promise<Verdict & { readonly speed: SpeedFigures | null }> {
  const { policy, budget, clock } = bench;
  const times = { candidate: [] as number[], reference: [] as number[] };
  const measure = async (who: 'candidate' | 'reference'): Promise<number> => {
    const begin = clock.now();
    await budget.spend(who === 'candidate' ? CANDIDATE_RUN : 'a run on the CPU', () =>
      bench[who].doRun(feeds, { signal: budget.signal }),
    );
    return clock.now() - begin;
  };
  try {
    for (let run = 0; run < policy.speed.warmUps; run += 1) {
      await measure('reference');
      await measure('candidate');
    }
    const begin = clock.now();
    const enough = (rounds: number): boolean =>
      rounds >= policy.speed.maximumRounds ||
      (rounds >= policy.speed.minimumRounds && clock.now() - begin >= policy.speed.milliseconds);
    for (let rounds = 0; !enough(rounds); rounds += 1) {
      times.reference.push(await measure('reference'));
      times.candidate.push(await measure('candidate'));
    }
  } catch (error) {
    if (error instanceof TimeSpent) return { ...spentVerdict(error, times, policy), speed: null };
    if (endsTrials(error)) throw error;
    return {
      verdict: 'failed',
      text: `It failed in a later run with ${label}: ${errorText(error)}`,
      speed: null,
    };
  }
  const { figures, ...verdict } = judgeSpeed(times.candidate, times.reference, policy.speed);
  return { ...verdict, speed: figures };
}

const CANDIDATE_RUN = 'one of its warm runs';

/** A warm run that does not end while the CPU takes a fraction of that time is a measurement, and anything else is none. */
function spentVerdict(
  { during, milliseconds }: TimeSpent,
  times: { readonly candidate: readonly number[]; readonly reference: readonly number[] },
  policy: TrialPolicy,
): Verdict {
  const seconds = policy.budget.milliseconds / 1000;
  const spent = `The ${seconds} s for all trials were spent during ${during}`;
  if (during === CANDIDATE_RUN && times.reference.length > 0) {
    const cpu = spreadOf(times.reference);
    if (milliseconds > policy.speed.maximumRatio * Math.max(...times.reference)) {
      return {
        verdict: 'failed',
        text: `${spent}, which had not ended after ${brief(milliseconds)} ms; the CPU takes ${brief(cpu.median)} ms.`,
      };
    }
  }
  return { verdict: 'none', text: `${spent}, after ${times.candidate.length} rounds.` };
}

/** Whether an error is about the trials and not about the backend. */
export function endsTrials(error: unknown): boolean {
  return error instanceof TimeSpent || error instanceof GivenUp;
}

function agreement(parity: NonNullable<TrialFigures['parity']>): string {
  const outputs = parity.flatMap((one) => one.outputs);
  const largest = (key: 'maxAbsoluteError' | 'maxRelativeError'): string => {
    const known = outputs.flatMap((output) => output[key] ?? []);
    return known.length === 0 ? 'unknown' : brief(Math.max(...known));
  };
  const cosines = outputs.flatMap((output) => output.cosineSimilarity ?? []);
  const cosine = cosines.length === 0 ? '' : `, least cosine similarity ${Math.min(...cosines).toFixed(6)}`;
  return `All outputs agree with the CPU with ${parity.map(({ label }) => label).join(' and ')}: largest error ${largest('maxAbsoluteError')} absolute, ${largest('maxRelativeError')} relative${cosine}.`;
}
