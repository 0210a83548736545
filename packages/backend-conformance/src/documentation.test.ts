import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CONFORMANCE_CASES } from './cases/cases.ts';
import type { CaseNeed } from './conformance-case.ts';

const page = readFileSync(new URL('../../../docs/reference/conformance.md', import.meta.url), 'utf8');
const NEEDS: Readonly<Record<CaseNeed, string>> = {
  nothing: 'nothing',
  origin: '`origin`',
  device: 'the device',
  'origin-and-device': '`origin`, the device',
};
const rows = new Map(
  [...page.matchAll(/^\| (K\d+\.\d+) +\|(.*)\|$/gm)].map(
    (match) => [match[1]!, match[2]!.split(' | ').map((cell) => cell.trim())] as const,
  ),
);

it('the page lists every case and no other, in their order', () => {
  expect([...rows.keys()]).toEqual(CONFORMANCE_CASES.map(({ id }) => id));
});

it.each(CONFORMANCE_CASES)('the page says of $id what the code says', ({ id, title, change, needs }) => {
  const [holds, how, need, toChange] = rows.get(id)!;
  expect({ holds, need, toChange }).toEqual({ holds: title, need: NEEDS[needs], toChange: change });
  expect(how).toMatch(/\.$/);
});
