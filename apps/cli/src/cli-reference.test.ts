import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { REFERENCE_FILE, renderReference } from '../scripts/generate-cli-reference.ts';
import { ACQUIRE_CODES } from './acquisition/acquire-error.ts';
import { EXIT_STATUSES } from './exit-status.ts';
import { VERSION } from './version.ts';

const read = (url: URL): string => readFileSync(url, 'utf8');

describe('the reference pages', () => {
  it('docs/reference/cli.md is what the program prints', () => {
    expect(read(REFERENCE_FILE)).toBe(renderReference());
  });

  it('docs/reference/exit-statuses.md has every status with its meaning', () => {
    const page = read(new URL('../../../docs/reference/exit-statuses.md', import.meta.url));
    const rows = [...page.matchAll(/^\| (\d+) +\| (.+?) +\|/gm)].map(([, status, meaning]) => [
      Number(status),
      meaning,
    ]);
    expect(rows).toEqual(Object.values(EXIT_STATUSES).map(({ status, meaning }) => [status, meaning]));
  });

  it('docs/reference/exit-statuses.md has every code of `backends` with its meaning', () => {
    const page = read(new URL('../../../docs/reference/exit-statuses.md', import.meta.url));
    const rows = [...page.matchAll(/^\| `([a-z-]+)` +\| (.+?) +\|/gm)].map(([, code, meaning]) => [
      code,
      meaning,
    ]);
    expect(Object.fromEntries(rows)).toEqual(ACQUIRE_CODES);
  });

  it('the version is that of package.json', () => {
    const manifest = JSON.parse(read(new URL('../package.json', import.meta.url))) as { version: string };
    expect(VERSION).toBe(manifest.version);
  });
});
