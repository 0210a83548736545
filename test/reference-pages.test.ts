import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { configurationPage, contractPage, reportPage } from './reference-pages.ts';
import { readText, ROOT } from './workspace.ts';

// Pages that are made from the sources. `vitest run reference-pages --update` writes them.

it('docs/reference/contract.md is what the contract says', async () => {
  await expect(contractPage()).toMatchFileSnapshot('../docs/reference/contract.md');
});

it('docs/reference/selection-report.md is what the schema says', async () => {
  await expect(reportPage()).toMatchFileSnapshot('../docs/reference/selection-report.md');
});

it('docs/reference/configuration.md is what the schema says', async () => {
  await expect(configurationPage()).toMatchFileSnapshot('../docs/reference/configuration.md');
});

it('docs/README.md leads to every page of guides, reference and backends', () => {
  const index = readText('docs/README.md');
  const pages = ['guides', 'reference', 'backends'].flatMap((folder) =>
    readdirSync(join(ROOT, 'docs', folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  );
  expect(pages.length).toBeGreaterThan(20);
  expect(pages.filter((page) => !index.includes(`(${page})`))).toEqual([]);
});
