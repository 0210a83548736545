import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { CATALOGUE } from './catalogue.ts';
import { composeBackends } from './compose-backends.ts';
import { discover } from './discover.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-composition-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(file: string, content: unknown): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
}

it('finds a first-party package of the project before the one beside the program, and says what is missing', async () => {
  const name = '@switchyard/backend-cuda';
  write('project/package.json', { dependencies: { [name]: '*' }, packageManager: 'pnpm@12.0.0' });
  write(`project/node_modules/${name}/package.json`, { name, version: '9.9.9' });
  write(`program/node_modules/${name}/package.json`, { name, version: '1.0.0' });
  const own = discover(join(folder, 'project'), join(folder, 'program'));
  expect(own.firstParty.find(({ entry }) => entry.id === 'cuda')?.found?.manifest['version']).toBe('9.9.9');
  write('other/package.json', {});
  const beside = discover(join(folder, 'other'), join(folder, 'program'));
  expect(beside.firstParty.find(({ entry }) => entry.id === 'cuda')?.found?.manifest['version']).toBe(
    '1.0.0',
  );

  const { registry } = await composeBackends([], own, []);
  const missing = registry
    .known()
    .flatMap((known) => (known.state === 'not-installed' ? [known.install] : []));
  expect(missing.toSorted()).toEqual(
    CATALOGUE.filter(({ id }) => id !== 'cuda')
      .map((entry) => `pnpm add ${entry.package}`)
      .toSorted(),
  );
});

it('runs nothing of a third-party package until somebody lists it', async () => {
  const executed: string[] = [];
  Object.assign(globalThis, { executed });
  write('third/package.json', { dependencies: { 'acme-npu': '*' } });
  write('third/node_modules/acme-npu/package.json', {
    name: 'acme-npu',
    version: '1.0.0',
    type: 'module',
    exports: './main.js',
    switchyard: { backend: { id: 'acme-npu', contract: 'v1', export: 'createAcme' } },
  });
  write('third/node_modules/acme-npu/main.js', 'globalThis.executed.push("acme-npu");');
  const discovery = discover(join(folder, 'third'), join(folder, 'third'));
  const quiet = await composeBackends([], discovery, []);
  expect(quiet.registry.known().find(({ state }) => state === 'not-listed')).toMatchObject({
    id: 'acme-npu',
  });
  expect(executed).toEqual([]);
  const source = { layer: 'flag', detail: '--plugin acme-npu' } as const;
  const listed = await composeBackends([], discovery, [{ kind: 'plugin', package: 'acme-npu', source }]);
  expect(executed).toEqual(['acme-npu']);
  expect(listed.registry.known().find(({ state }) => state === 'unusable')).toMatchObject({
    reason: { code: 'plugin-bug' },
  });
});
