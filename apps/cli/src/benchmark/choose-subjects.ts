import { select, SelectionError, type SelectionReport, type SettingStatement } from '@switchyard/core';
import type { Situation } from '../situation.ts';
import { UsageError } from '../usage-error.ts';
import type { RefusedBackend } from './benchmark.ts';

/** A backend that selection lets run, as if a person had named it. */
export interface BenchmarkSubject {
  readonly backend: string;
  readonly report: SelectionReport;
}

/**
 * Asks selection about every backend that is to be measured. Without a list these are the ones that it could
 * choose; one that was named and is refused is handed back with the reason.
 *
 * @throws SelectionError when nothing can be measured
 */
export function chooseSubjects(
  situation: Situation,
  report: SelectionReport,
  list: string | undefined,
): { readonly subjects: readonly BenchmarkSubject[]; readonly refused: readonly RefusedBackend[] } {
  const named = list === undefined ? null : namesIn(list);
  if (report.selected === null && named === null) throw new SelectionError(report);
  const subjects: BenchmarkSubject[] = [];
  const refused: RefusedBackend[] = [];
  let last: SelectionReport = report;
  for (const id of named ?? openBackends(report)) {
    const source = { layer: 'flag', detail: named === null ? `bench: ${id}` : `--backends ${list}` } as const;
    // A request by name says nothing about whom else a person asked for; what they forbade still counts.
    const settings: SettingStatement[] = [
      ...situation.input.settings.filter((statement) => !isRequest(statement)),
      { kind: 'backend', backend: id, source },
    ];
    last = select({ ...situation.input, settings });
    const { selected, refusal } = last;
    if (selected !== null) {
      if (subjects.every(({ backend }) => backend !== selected.backend))
        subjects.push({ backend: selected.backend, report: last });
    } else if (refusal !== null) {
      if (['unknown-backend', 'conflict', 'invalid-value'].includes(refusal.code))
        throw new SelectionError(last);
      refused.push({ backend: id, ...refusal });
    }
  }
  if (subjects.length === 0) throw new SelectionError(last);
  return { subjects, refused };
}

function namesIn(list: string): readonly string[] {
  const names = list.split(',').map((name) => name.trim());
  if (!names.includes('')) return [...new Set(names)];
  throw new UsageError(`\`--backends ${list}\` has an empty member.`, 'Separate names with single commas.');
}

function openBackends({ candidates, request }: SelectionReport): readonly string[] {
  return candidates
    .filter(({ status }) => status === 'selected' || status === 'passed-over')
    .map(({ backend }) => backend)
    .filter((backend) => request.backends === undefined || request.backends.includes(backend));
}

function isRequest(statement: SettingStatement): boolean {
  return (
    statement.kind === 'backend' ||
    statement.kind === 'prefer' ||
    (statement.kind === 'use' && statement.value)
  );
}
