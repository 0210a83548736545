import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './__fixtures__/cli.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

/** Starts the program in a folder of its own, with its cache in `cache`. */
function start(
  cwd: string,
  argv: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): { status: number | null; stdout: string; stderr: string } {
  const named = ['PATH', 'SystemRoot'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const env = { ...Object.fromEntries(named), HOME: cwd, USERPROFILE: cwd, SWITCHYARD_CACHE_DIR: 'cache' };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@switchyard/source', MAIN, ...argv],
    {
      cwd,
      encoding: 'utf8',
      env: { ...env, ...variables },
    },
  );
  return { status, stdout, stderr };
}

const kept = (cwd: string): readonly string[] => {
  const folder = join(cwd, 'cache', '.compiled');
  return existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String) : [];
};

describe('the compiled form of the program', () => {
  it('is kept below the cache at the first start, changes nothing that is said, and goes with the cache', () => {
    const cwd = temporaryFolder();
    const first = start(cwd, ['explain']);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    const files = kept(cwd);
    expect(files.length).toBeGreaterThan(10);
    expect(start(cwd, ['explain'])).toEqual(first);
    expect(start(cwd, ['cache', 'list']).stdout).toMatch(/^Nothing is remembered in /);
    expect(start(cwd, ['cache', 'clear'])).toMatchObject({ status: 0, stderr: '' });
    expect(kept(cwd)).toEqual([]);
  });

  it.each([
    ['--no-cache', ['explain', '--no-cache'], {}],
    ['NODE_DISABLE_COMPILE_CACHE', ['explain'], { NODE_DISABLE_COMPILE_CACHE: '1' }],
  ] as const)('is not kept with %s', (_name, argv, variables) => {
    const cwd = temporaryFolder();
    expect(start(cwd, argv, variables)).toMatchObject({ status: 0, stderr: '' });
    expect(existsSync(join(cwd, 'cache'))).toBe(false);
  });

  it('is done without where nothing can be written', () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'cache'), 'a file, so that no folder can be made there');
    expect(start(cwd, ['explain'])).toMatchObject({ status: 0, stderr: '' });
  });

  it('is made anew where it was damaged', () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'cache'));
    const first = start(cwd, ['explain']);
    const folder = join(cwd, 'cache', '.compiled');
    const damaged = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) =>
      one.isFile(),
    );
    expect(damaged.length).toBeGreaterThan(10);
    for (const file of damaged) writeFileSync(join(file.parentPath, file.name), 'not what a compiler wrote');
    expect(start(cwd, ['explain'])).toEqual(first);
  });
});
