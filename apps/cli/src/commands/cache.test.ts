import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, temporaryFolder } from '../__fixtures__/cli.ts';
import { scriptedPlugin } from '../__fixtures__/scripted-plugin.ts';

describe('cache', () => {
  it('has its folder below the caches of the user, or where SWITCHYARD_CACHE_DIR says', async () => {
    const cwd = temporaryFolder();
    const named = { SWITCHYARD_CACHE_DIR: 'here' };
    expect((await cli(['cache', 'path'], { cwd, environment: named })).stdout).toBe(`${join(cwd, 'here')}\n`);
    const { stdout } = await cli(['cache', 'path', '--json'], { cwd });
    expect(JSON.parse(stdout)).toEqual({ path: expect.stringMatching(/switchyard$/) });
    const settings = await cli(['config', '--json'], { cwd, environment: named });
    expect(JSON.parse(settings.stdout)).toMatchObject({ warnings: [] });
  });

  it('lists what was remembered and forgets it', async () => {
    const cwd = temporaryFolder(scriptedPlugin('good'));
    const environment = { SWITCHYARD_CACHE_DIR: join(cwd, 'cache') };
    const empty = await cli(['cache', 'list'], { cwd, environment });
    expect(empty.stdout).toMatch(/^Nothing is remembered in /);
    await cli(['explain', '--probe', '--quiet'], { cwd, environment });
    const list = await cli(['cache', 'list'], { cwd, environment });
    expect(list.stdout).toMatch(/^probe +acme-npu: ok +(?:just now|\d+ seconds? ago) +[\d.]+ K?i?B$/m);
    const document = JSON.parse((await cli(['cache', 'list', '--json'], { cwd, environment })).stdout) as {
      entries: { kind: string; about: string }[];
    };
    expect(document.entries.map(({ about }) => about)).toEqual(expect.arrayContaining(['cpu: ok']));
    const cleared = await cli(['cache', 'clear', '--json'], { cwd, environment });
    expect(JSON.parse(cleared.stdout)).toMatchObject({ removed: document.entries.length });
    expect((await cli(['cache', 'list'], { cwd, environment })).stdout).toMatch(/^Nothing/);
  });

  it('is not written with --no-cache', async () => {
    const cwd = temporaryFolder(scriptedPlugin('good'));
    const environment = { SWITCHYARD_CACHE_DIR: join(cwd, 'cache') };
    const { stdout } = await cli(['explain', '--probe', '--no-cache', '--json'], { cwd, environment });
    expect(JSON.parse(stdout)).toMatchObject({
      candidates: expect.arrayContaining([
        expect.objectContaining({ backend: 'acme-npu', probe: expect.objectContaining({ ok: true }) }),
      ]),
    });
    expect(existsSync(join(cwd, 'cache'))).toBe(false);
  });

  it('does nothing else', async () => {
    const { status, stderr } = await cli(['cache', 'delete'], { cwd: temporaryFolder() });
    expect(status).toBe(2);
    expect(stderr).toMatch(/path, list, clear/);
  });
});
