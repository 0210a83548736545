import type { TrialName, TrialNotRun, TrialOutcome } from './known-backend.ts';
import type { TrialReport } from './selection-report.ts';

const ORDER: readonly TrialName[] = ['placement', 'parity', 'speed'];

/** What the report says about the trials of one backend, in the order of the trials. */
export function reportTrials(
  outcomes: readonly TrialOutcome[],
  notRun: readonly TrialNotRun[],
): readonly TrialReport[] {
  const reports = [
    ...outcomes.map((outcome) => withTime(outcome, reportOutcome(outcome))),
    ...notRun.map((one) => withTime(one, { trial: one.trial, state: 'not-run', detail: one.why })),
  ];
  return reports.toSorted((left, right) => ORDER.indexOf(left.trial) - ORDER.indexOf(right.trial));
}

/**
 * Whether a choice rests on measurement: its speed was tried and passed, nothing failed, and no other
 * trial was left without a verdict.
 */
export function isMeasured(outcomes: readonly TrialOutcome[], notRun: readonly TrialNotRun[]): boolean {
  return (
    notRun.length === 0 &&
    outcomes.some((outcome) => outcome.trial === 'speed') &&
    outcomes.every((outcome) => outcome.passed)
  );
}

function reportOutcome(outcome: TrialOutcome): TrialReport {
  const { trial } = outcome;
  if (!outcome.passed) return { trial, state: 'failed', detail: outcome.reason.message };
  const sentences = outcome.evidence.flatMap(({ value }) => (typeof value === 'string' ? [value] : []));
  const figures = outcome.evidence.map(
    ({ path, value }) => `${path} = ${JSON.stringify(value) ?? 'unknown'}`,
  );
  const detail = (sentences.length > 0 ? sentences : figures).join(' ').trim();
  return { trial, state: 'passed', detail: detail || 'No figures were kept.' };
}

function withTime(from: { readonly when?: string }, report: TrialReport): TrialReport {
  return from.when === undefined ? report : { ...report, when: from.when };
}
