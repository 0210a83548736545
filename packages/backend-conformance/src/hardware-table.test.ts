import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { evidenceFiles, hardwareTable, readmeWith, ROOT } from '../scripts/hardware-table.ts';

const files = evidenceFiles();

it('there is evidence, and nobody changed it after it was written', () => {
  expect(files.map(({ evidence }) => evidence.backend.id)).toContain('cpu');
});

it('the table of hardware in the README is what the evidence says', () => {
  const readme = readFileSync(new URL('README.md', ROOT), 'utf8');
  // The formatter pads the cells of tables as it likes.
  const plain = (text: string): string => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');
  expect(plain(readme)).toBe(plain(readmeWith(readme, hardwareTable(files))));
});

it('nothing is verified without a document', () => {
  const rows = hardwareTable([]).split('\n').slice(2);
  expect(rows.length).toBeGreaterThan(8);
  for (const row of rows) expect(row).toContain('| not verified');
});

it('names no folder and no person of the machine that it was made on', () => {
  for (const { file } of files) {
    const text = readFileSync(new URL(file, ROOT), 'utf8');
    expect(text, file).not.toMatch(/"\/(?:work|home|Users|root)\b/);
  }
});
