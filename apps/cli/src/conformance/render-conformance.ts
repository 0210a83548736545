import type { ConformanceReport } from '@switchyard/backend-conformance';
import { table } from '../terminal/table.ts';

/** What `switchyard conformance` prints: every case, then what failed, then what was left out and why. */
export function renderConformance(id: string, report: ConformanceReport, lines: readonly string[]): string {
  const { results, passed, failed, skipped } = report;
  const cases = table(results.map((result) => [result.status, result.id, result.title]));
  const failures = results.flatMap(({ status, detail }) =>
    status === 'failed' ? [`\n${detail ?? ''}\n`] : [],
  );
  const reasons = new Map<string, string[]>();
  for (const { status, id: name, detail, instead } of results) {
    if (status !== 'skipped') continue;
    const why = `${detail ?? ''}\n  Instead: ${instead ?? ''}`;
    reasons.set(why, [...(reasons.get(why) ?? []), name]);
  }
  const left = [...reasons].map(([why, names]) => `\nSkipped: ${names.join(', ')}\n  ${why}\n`);
  const counts = `\n\`${id}\`: ${passed} passed, ${failed} failed, ${skipped} skipped\n`;
  return `${cases}${failures.join('')}${left.join('')}${counts}${lines.map((line) => `${line}\n`).join('')}`;
}
