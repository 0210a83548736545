import { readFileSync } from 'node:fs';
import { OPERATOR_STATUSES } from '../src/operators/operator-result.ts';
import type { OperatorDocument } from '../src/operators/operator-document.ts';
import { groupOf, OPERATOR_GROUPS } from './operator-groups.ts';
import { ROOT } from './hardware-table.ts';

/** Backends whose grids are kept. */
const BACKENDS = ['cpu', 'wasm', 'webgpu'];
const BEGIN =
  '<!-- operators: made from docs/evidence/operators by scripts/generate-operator-reference.ts -->';
const END = '<!-- /operators -->';

/** The page that has the tables. */
export const OPERATOR_REFERENCE: URL = new URL('docs/reference/operators.md', ROOT);

/** The grids that are kept as evidence. */
export function operatorEvidence(): readonly OperatorDocument[] {
  return BACKENDS.map((id) => {
    const file = new URL(`docs/evidence/operators/${id}.json`, ROOT);
    return JSON.parse(readFileSync(file, 'utf8')) as OperatorDocument;
  });
}

/** Cases that ran on both, and that one of them answered otherwise than the other. */
export function disagreements(one: OperatorDocument, other: OperatorDocument): readonly string[] {
  const others = answers(other);
  return [...answers(one)]
    .filter(([name, answer]) => others.has(name) && others.get(name) !== answer)
    .map(([name]) => name);
}

/** What a backend answered, by case: `null` for the right answer. */
function answers(document: OperatorDocument): ReadonlyMap<string, string | null> {
  return new Map([
    ...document.passed.map((name): [string, null] => [name, null]),
    ...document.others
      .filter(({ status }) => status === 'wrong')
      .map((result): [string, string | null] => [result.case, result.detail]),
  ]);
}

/** The page with its tables made anew. */
export function referenceWith(page: string, documents: readonly OperatorDocument[]): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error('The page has no marks around its tables.');
  const counts = table([
    ['backend', 'engine', 'device', ...OPERATOR_STATUSES],
    ...documents.map((document) => [
      `\`${document.backend.id}\``,
      document.engine ?? 'see the package',
      document.device.name,
      ...OPERATOR_STATUSES.map((status) => String(document.counts[status])),
    ]),
  ]);
  const [cpu, wasm] = documents;
  const differing = disagreements(cpu!, wasm!);
  const both = differing.length === 0 ? 'none' : differing.map((name) => `\`${name}\``).join(', ');
  const groups = table([
    ['what', ...documents.map(({ backend }) => `\`${backend.id}\``), 'ends as', 'why'],
    ...OPERATOR_GROUPS.map((group) => {
      const mine = documents.map(({ others }) => others.filter((result) => groupOf(result) === group));
      const ends = OPERATOR_STATUSES.filter((status) =>
        mine.flat().some((result) => result.status === status),
      );
      return [group.title, ...mine.map((found) => String(found.length)), ends.join(', '), group.reason];
    }),
  ]);
  const middle = `${counts}\n\nCases that \`cpu\` and \`wasm\` both ran and answered differently: ${both}.\n\n${groups}`;
  return `${page.slice(0, begin + BEGIN.length)}\n\n${middle}\n\n${page.slice(end)}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(rows[0]!), rule, ...rows.slice(1).map((row) => line(row))].join('\n');
}
