import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cli, temporaryFolder, type Outcome } from '../__fixtures__/cli.ts';
import { startServer, type FileServer } from '../acquisition/__fixtures__/file-server.ts';
import { tarFile } from '../acquisition/__fixtures__/tar-file.ts';
import type { PackagesDocument } from '../backends/render-packages.ts';

const WEBGPU = '@switchyard/backend-webgpu';

async function planned(
  files: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<PackagesDocument> {
  const cwd = temporaryFolder(files);
  const { status, stdout } = await cli(['backends', ...words, '--json'], { cwd });
  expect(status).toBe(0);
  return JSON.parse(stdout) as PackagesDocument;
}

describe('the command that backends add and remove print', () => {
  it.each<[Readonly<Record<string, string>>, add: string, remove: string, source: string]>([
    [
      { 'package.json': '{}' },
      'npm install',
      'npm uninstall',
      'neither packageManager in package.json nor a lockfile',
    ],
    [
      { 'package.json': '{"packageManager":"yarn@4.9.0"}', 'package-lock.json': '' },
      'yarn add',
      'yarn remove',
      'packageManager in package.json',
    ],
    [{ 'package.json': '{}', 'package-lock.json': '' }, 'npm install', 'npm uninstall', 'package-lock.json'],
    [{ 'package.json': '{}', 'pnpm-lock.yaml': '' }, 'pnpm add', 'pnpm remove', 'pnpm-lock.yaml'],
    [{ 'package.json': '{}', 'bun.lock': '' }, 'bun add', 'bun remove', 'bun.lock'],
    [
      { 'package.json': '{}', 'pnpm-lock.yaml': '', 'pnpm-workspace.yaml': 'allowBuilds: {}\n' },
      'pnpm add',
      'pnpm remove',
      'pnpm-lock.yaml',
    ],
    [
      { 'package.json': '{}', 'pnpm-lock.yaml': '', 'pnpm-workspace.yaml': 'packages:\n  - a\n' },
      'pnpm add --workspace-root',
      'pnpm remove --workspace-root',
      'pnpm-lock.yaml',
    ],
    [
      { 'package.json': '{"workspaces":["a"]}', 'yarn.lock': '' },
      'yarn add -W',
      'yarn remove -W',
      'yarn.lock',
    ],
    [
      { 'package.json': '{"workspaces":["a"]}', 'yarn.lock': '', '.yarnrc.yml': '' },
      'yarn add',
      'yarn remove',
      'yarn.lock',
    ],
  ])('is that of the project: %j', async (files, add, remove, managerSource) => {
    expect(await planned(files, 'add', 'webgpu')).toMatchObject({
      command: `${add} ${WEBGPU}`,
      managerSource,
      done: false,
    });
    expect((await planned(files, 'remove', 'webgpu')).command).toBe(`${remove} ${WEBGPU}`);
  });

  it('names what has to stand beside it, and says what it brings', async () => {
    const document = await planned({ 'package.json': '{}' }, 'add', 'openvino');
    expect(document.packages).toEqual(['@switchyard/backend-openvino', 'openvino-node@2026.4.0']);
    expect(document.notes.join(' ')).toMatch(
      /No install script is needed.*`openvino-node`.*acquire openvino.*opt-in/,
    );
    const both = JSON.stringify({
      dependencies: { '@switchyard/backend-openvino': '*', 'openvino-node': '*' },
    });
    expect((await planned({ 'package.json': both }, 'remove', 'openvino')).command).toBe(
      'npm uninstall @switchyard/backend-openvino openvino-node',
    );
  });

  it('is global where that is asked for', async () => {
    expect((await planned({}, 'add', 'cuda', '--global')).command).toBe(
      'npm install --global @switchyard/backend-cuda',
    );
    expect((await planned({}, 'remove', 'coreml', '--global')).packages).toEqual([
      '@switchyard/backend-mps-coreml',
    ]);
  });

  it('explains that third-party packages are listed', async () => {
    const { command, notes } = await planned({ 'package.json': '{}' }, 'add', '@acme/npu');
    expect(command).toBe('npm install @acme/npu');
    expect(notes.join(' ')).toContain('"plugins": ["@acme/npu"]');
    const files = {
      'package.json': '{"dependencies":{"acme-npu":"*"}}',
      'node_modules/acme-npu/package.json': JSON.stringify({
        name: 'acme-npu',
        switchyard: { backend: { id: 'fast', contract: 'v1', export: 'createFast' } },
      }),
    };
    expect((await planned(files, 'remove', 'fast')).command).toBe('npm uninstall acme-npu');
  });

  it.each([
    [['add', 'openvno'], /There is no backend `openvno`[\s\S]*Did you mean `openvino`\?/],
    [['add', 'tensorflow'], /A third-party backend is named by its package/],
    [['add', 'cuda; rm -rf x'], /There is no backend/],
    [['add', 'cpu'], /comes with `switchyard` itself/],
    [['add'], /needs a backend, and none was given/],
    [['list', 'cuda'], /lists all of them/],
    [['add', 'cuda', '--from', 'x'], /`--from` means nothing to `switchyard backends add`/],
    [['add', 'cuda', '--backend', 'cuda'], /chooses no backend/],
    [['list', '--yes'], /`--yes` means nothing/],
    [['acquire', 'cuda', '--sha256', 'abc'], /is no SHA-256/],
    [['acquire', 'cuda', '--stall', '0'], /whole number from 1 to 3600/],
    [['acquire', 'cuda', '--remove', '--from', 'x'], /fetches nothing/],
    [['install', 'cuda'], /list, add, remove, acquire/],
  ])('%j cannot be followed', async (words, message) => {
    const { status, stderr } = await cli(['backends', ...words], {
      cwd: temporaryFolder({ 'package.json': '{}' }),
    });
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringMatching(message) });
  });

  it('needs a project', async () => {
    const { status, stderr } = await cli(['backends', 'add', 'cuda'], { cwd: temporaryFolder() });
    expect({ status, stderr }).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/There is no project here/),
    });
  });

  it('has nothing to acquire for other backends, nor before the package is there', async () => {
    const cwd = temporaryFolder({ 'package.json': '{}' });
    const { status, stderr } = await cli(['backends', 'acquire', 'webgpu'], { cwd });
    expect({ status, stderr }).toMatchObject({
      status: 7,
      stderr: expect.stringMatching(/has no native part that npm does not carry/),
    });
  });
});

describe('with --yes', () => {
  let server: FileServer;
  let cwd: string;
  let environment: Record<string, string>;
  beforeAll(async () => {
    server = await startServer();
    const tarball = tarFile([
      { name: 'package/package.json', content: JSON.stringify({ name: WEBGPU, version: '1.0.0' }) },
    ]);
    const dist = { tarball: `${server.origin}/webgpu.tgz` };
    const packument = {
      name: WEBGPU,
      'dist-tags': { latest: '1.0.0' },
      versions: { '1.0.0': { name: WEBGPU, version: '1.0.0', dist } },
    };
    server.paths.set('/@switchyard%2fbackend-webgpu', (_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(packument));
    });
    server.paths.set('/webgpu.tgz', (_request, response) => response.end(tarball));
  });
  afterAll(() => server.close());
  beforeEach(() => {
    cwd = temporaryFolder({ 'package.json': '{"name":"a-project"}' });
    environment = {
      PATH: process.env['PATH'] ?? '',
      npm_config_registry: `${server.origin}/`,
      npm_config_cache: join(cwd, '.npm'),
      npm_config_userconfig: join(cwd, '.npmrc'),
      npm_config_audit: 'false',
      npm_config_ignore_scripts: 'true',
    };
  });

  const yes = (...words: readonly string[]): Promise<Outcome> =>
    cli(['backends', ...words, '--yes', '--json'], { cwd, environment });
  const manifest = (): unknown => JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));

  it('npm adds the package and removes it', async () => {
    const added = await yes('add', 'webgpu');
    expect(added.status).toBe(0);
    expect(JSON.parse(added.stdout)).toMatchObject({ done: true, exitStatus: 0, packages: [WEBGPU] });
    expect(existsSync(join(cwd, 'node_modules', WEBGPU, 'package.json'))).toBe(true);
    expect(manifest()).toMatchObject({ dependencies: { [WEBGPU]: '^1.0.0' } });
    const removed = await yes('remove', 'webgpu');
    expect(removed.status).toBe(0);
    expect(existsSync(join(cwd, 'node_modules', WEBGPU))).toBe(false);
    expect(manifest()).not.toHaveProperty('dependencies');
  });

  it('passes on the status of a package manager that fails', async () => {
    const { status, stdout } = await yes('add', 'cuda');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ done: true, exitStatus: 1 });
    expect(manifest()).toEqual({ name: 'a-project' });
  });

  it.skipIf(process.platform === 'win32')('does not believe one that does nothing', async () => {
    mkdirSync(join(cwd, 'bin'));
    writeFileSync(join(cwd, 'bin/bun'), '#!/bin/sh\nexit 0\n');
    chmodSync(join(cwd, 'bin/bun'), 0o755);
    writeFileSync(join(cwd, 'bun.lock'), '');
    environment = { PATH: `${join(cwd, 'bin')}${delimiter}${environment['PATH']!}` };
    const { status, stdout } = await yes('add', 'webgpu');
    expect(status).toBe(7);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'not-verified' } });
  });

  it.skipIf(process.platform === 'win32')('says that the package manager is not there', async () => {
    writeFileSync(join(cwd, 'bun.lock'), '');
    environment = { PATH: join(cwd, 'nothing') };
    const { status, stdout } = await yes('add', 'webgpu');
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        message: expect.stringMatching(
          /`bun` is not among the programs of this machine, and bun\.lock asks for it/,
        ),
      },
    });
  });
});
