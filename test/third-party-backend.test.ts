import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SelectionReport } from '@switchyard/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { importsOf, packageOf } from './source-imports.ts';
import { consumerProject, packEverything, runNode } from './packed-project.ts';
import { readManifest, readText, repositoryFiles, ROOT } from './workspace.ts';

// The example backend of somebody else in a project outside the workspace, beside the packed command line.

const PREPARATION_MILLISECONDS = 300_000;
const EXAMPLE = join(ROOT, 'examples/third-party-backend');
const NAME = readManifest(EXAMPLE).name;

let folder: string;
let project: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'switchyard-third-party-')));
  const unpacked = packEverything(folder);
  project = join(folder, 'project');
  mkdirSync(project);
  const names = ['core', 'onnx', 'ort-host', 'runtime', 'composition', 'backend-cpu', 'cli'];
  consumerProject(
    project,
    names.map((name) => `@switchyard/${name}`),
    unpacked,
  );
  const place = join(project, 'node_modules', NAME);
  mkdirSync(place);
  // As `files` of its package.json would pack it: the manifest, and what its compiler made.
  const compiler = createRequire(join(ROOT, 'package.json')).resolve('typescript/package.json');
  const built = runNode(
    [
      join(dirname(compiler), readManifest(dirname(compiler)).bin!['tsc']!),
      '-p',
      'tsconfig.build.json',
      '--outDir',
      join(place, 'dist'),
    ],
    EXAMPLE,
  );
  expect(built.stdout).toBe('');
  cpSync(join(EXAMPLE, 'package.json'), join(place, 'package.json'));
  const entry = join(place, 'dist/index.js');
  writeFileSync(entry, `globalThis.process.emitWarning('acme-js was run');\n${readFileSync(entry, 'utf8')}`);
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ type: 'module', dependencies: { [NAME]: '0.0.0' } }),
  );
  const model =
    "import { identityModel } from '@switchyard/onnx/testing'; import { writeFileSync } from 'node:fs'; writeFileSync('identity.onnx', identityModel());";
  expect(runNode(['--input-type=module', '--eval', model], project).status).toBe(0);
}, PREPARATION_MILLISECONDS);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const switchyard = (...args: readonly string[]) => {
  const cli = join(project, 'node_modules/@switchyard/cli');
  return runNode([join(cli, readManifest(cli).bin!['switchyard']!), ...args], project, {
    HOME: project,
    XDG_CONFIG_HOME: project,
  });
};
const candidate = (stdout: string) =>
  (JSON.parse(stdout) as SelectionReport).candidates.find(({ backend }) => backend === 'acme-js');

it('imports nothing of Switchyard but what everybody can', () => {
  const sources = repositoryFiles('examples/third-party-backend/src/*.ts').filter(
    (path) => !path.endsWith('.test.ts'),
  );
  const named = sources.flatMap((path) =>
    importsOf(path, readText(path)).map(({ specifier }) => packageOf(specifier)),
  );
  const ours = new Set(named.filter((name) => name?.startsWith('@switchyard/') === true));
  expect(ours).toEqual(new Set(['@switchyard/core', '@switchyard/onnx']));
});

it('is known from its package.json, and none of its code runs before somebody lists it', () => {
  const ended = switchyard('explain', '--json');
  expect(ended.stderr).toBe('');
  expect(candidate(ended.stdout)).toMatchObject({
    status: 'not-enabled',
    reasons: [{ code: 'plugin-not-listed', remedy: expect.stringContaining(`--plugin ${NAME}`) as string }],
  });
});

it('runs once it is listed, and is chosen once it is enabled', () => {
  const listed = switchyard('explain', '--json', '--plugin', NAME);
  expect(listed.stderr).toContain('acme-js was run');
  expect(candidate(listed.stdout)).toMatchObject({ status: 'not-enabled', optIn: true });
  const ran = switchyard(
    'run',
    'identity.onnx',
    '--input',
    'x=[1.5,-2]',
    '--plugin',
    NAME,
    '--backend',
    'acme-js',
  );
  expect(ran.stdout + ran.stderr).toMatch(/backend=acme-js +device=acme-js:0/);
  expect(ran.status, ran.stderr).toBe(0);
});
