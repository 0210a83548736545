import type { Reason, TrialName, TrialNotRun, TrialOutcome } from '@switchyard/core';
import { TRIAL_NAMES } from './trial-types.ts';
import type { Verdict } from './verdict.ts';

/** Collects verdicts; whatever has none at the end is recorded as not run. */
export interface TrialLedger {
  readonly outcomes: TrialOutcome[];
  readonly notRun: TrialNotRun[];
  /** Whether a trial was asked for and has no entry yet. */
  wants(trial: TrialName): boolean;
  /** The first trial that has no entry yet. */
  next(): TrialName;
  /** Enters a verdict. @returns whether the trials go on */
  enter(trial: TrialName, verdict: Verdict, figures: unknown): boolean;
  /** Enters every trial that has no entry yet as not run. */
  close(why: string): void;
}

/** Opens a ledger for the trials of one backend. */
export function openLedger(backend: string, asked: readonly TrialName[], when: string): TrialLedger {
  const left = new Set(TRIAL_NAMES.filter((trial) => asked.includes(trial)));
  const outcomes: TrialOutcome[] = [];
  const notRun: TrialNotRun[] = [];
  return {
    outcomes,
    notRun,
    wants: (trial) => left.has(trial),
    next: () => [...left][0] ?? 'placement',
    enter(trial, { verdict, text }, figures) {
      if (!left.delete(trial)) return true;
      if (verdict === 'none') {
        notRun.push({ trial, why: text, when });
        return true;
      }
      const measured = { path: `trials.${trial}`, value: figures };
      if (verdict === 'passed') {
        outcomes.push({
          trial,
          passed: true,
          when,
          evidence: [{ path: `trials.${trial}.verdict`, value: text }, measured],
        });
        return true;
      }
      const reason: Reason = {
        code: `trial-${trial}`,
        message: `\`${backend}\` failed the ${trial} trial with this model. ${text}`,
        evidence: [measured],
        remedy: `To use it for this model all the same, without trials: --backend ${backend}`,
      };
      outcomes.push({ trial, passed: false, when, reason });
      return false;
    },
    close(why) {
      for (const trial of left) notRun.push({ trial, why, when });
      left.clear();
    },
  };
}
