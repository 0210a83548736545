import type { OperatorSubject } from './operator-results-file.ts';
import { OPERATOR_STATUSES, type OperatorResult, type OperatorStatus } from './operator-result.ts';

/** How many cases ended in each way. */
export type OperatorCounts = Readonly<Record<OperatorStatus, number>>;

/** One operator and how its cases ended. */
export interface OperatorRow {
  readonly operator: string;
  readonly counts: OperatorCounts;
}

/** A run of the operator suite as it is printed, drawn and kept. */
export interface OperatorDocument extends OperatorSubject {
  readonly counts: OperatorCounts;
  /** One for each operator, those with wrong answers first, then by name. */
  readonly operators: readonly OperatorRow[];
  /** Every case that did not pass, the worst first. */
  readonly others: readonly OperatorResult[];
  /** Names of the cases that passed. */
  readonly passed: readonly string[];
}

/** Counts and orders the results of a suite. */
export function operatorDocument(
  subject: OperatorSubject,
  results: readonly OperatorResult[],
): OperatorDocument {
  const byOperator = Map.groupBy(results, ({ operator }) => operator);
  const rows = [...byOperator].map(([operator, cases]) => ({ operator, counts: countsOf(cases) }));
  const named = results.toSorted((one, other) => compare(one.case, other.case));
  return {
    ...subject,
    counts: countsOf(results),
    operators: rows.toSorted(worstFirst),
    others: named
      .filter(({ status }) => status !== 'passed')
      .toSorted((one, other) => rank(one) - rank(other)),
    passed: named.flatMap((result) => (result.status === 'passed' ? [result.case] : [])),
  };
}

function countsOf(results: readonly OperatorResult[]): OperatorCounts {
  const counts = { wrong: 0, crashed: 0, failed: 0, unsupported: 0, skipped: 0, passed: 0 };
  for (const { status } of results) counts[status] += 1;
  return counts;
}

function rank({ status }: OperatorResult): number {
  return OPERATOR_STATUSES.indexOf(status);
}

function worstFirst(one: OperatorRow, other: OperatorRow): number {
  for (const status of OPERATOR_STATUSES.slice(0, 3)) {
    const difference = other.counts[status] - one.counts[status];
    if (difference !== 0) return difference;
  }
  return compare(one.operator, other.operator);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
