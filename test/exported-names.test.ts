import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { moduleEntries, PUBLISHED } from './workspace.ts';

// What a user can import, as recorded under __snapshots__. A name that appears, disappears or changes its
// kind is a change that users notice: record it with `vitest run -u` and say so in a changeset.

const fileOf = (folder: string) => `${folder.split('/')[1]}.txt`;

it.each(PUBLISHED)('$folder exports the names that are recorded', async ({ folder, directory, manifest }) => {
  const lines: string[] = [];
  for (const { specifier, entry } of moduleEntries(manifest)) {
    const url = pathToFileURL(join(directory, entry['@switchyard/source'])).href;
    const module = (await import(url)) as Readonly<Record<string, unknown>>;
    lines.push(
      specifier,
      ...Object.keys(module)
        .toSorted()
        .map((name) => `  ${kindOf(module[name])} ${name}`),
    );
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`./__snapshots__/${fileOf(folder)}`);
});

it('records no package that is gone', () => {
  const recorded = readdirSync(join(import.meta.dirname, '__snapshots__')).toSorted();
  expect(recorded).toEqual(PUBLISHED.map(({ folder }) => fileOf(folder)).toSorted());
});

it('no name is exported by accident as a default', async () => {
  for (const { directory, manifest } of PUBLISHED) {
    for (const { specifier, entry } of moduleEntries(manifest)) {
      const url = pathToFileURL(join(directory, entry['@switchyard/source'])).href;
      const module = (await import(url)) as Readonly<Record<string, unknown>>;
      expect(Object.keys(module), specifier).not.toContain('default');
    }
  }
});

function kindOf(value: unknown): string {
  if (typeof value === 'function') return /^class\b/.test(String(value)) ? 'class' : 'function';
  return typeof value === 'object' ? 'value' : typeof value;
}
