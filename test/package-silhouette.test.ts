import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BackendV1 } from '@switchyard/core';
import { describe, expect, it } from 'vitest';
import { BACKENDS, moduleEntries, PUBLISHED, readText } from './workspace.ts';

const TAGS: Readonly<Record<string, string>> = {
  'backend-conformance': 'kit',
  composition: 'composition',
  core: 'core',
  'create-backend': 'app',
  onnx: 'engine',
  'open-inference': 'protocol',
  'ort-host': 'engine',
  runtime: 'runtime',
};

const SCRIPTS = {
  build: 'tsup && tsc -p tsconfig.build.json',
  typecheck: 'tsc -p tsconfig.json',
  test: 'vitest run',
  'lint:package': 'publint --strict && attw --pack . --profile esm-only',
};

it('finds the packages', () => {
  const names = PUBLISHED.map(({ manifest }) => manifest.name);
  expect(names).toContain('@switchyard/core');
  expect(names).toContain('@switchyard/cli');
  expect(BACKENDS.length).toBeGreaterThanOrEqual(4);
});

describe.each(PUBLISHED)('$folder', ({ folder, directory, manifest }) => {
  const name = folder.split('/')[1]!;
  const read = (file: string) => readFileSync(join(directory, file), 'utf8');

  it('is named after its folder, and described', () => {
    expect(manifest.name).toBe(`@switchyard/${name}`);
    expect(manifest.description).toMatch(/\.$/);
    expect(manifest.private).toBeUndefined();
  });

  it('has a README that names it and says how to get it', () => {
    const readme = read('README.md');
    expect(readme).toMatch(/^# /);
    expect(readme).toContain(manifest.name);
  });

  it('has the configuration of the house', () => {
    const types = JSON.parse(read('tsconfig.json')) as { readonly include: readonly string[] };
    const folders = ['src', 'scripts', 'template'].filter((part) => existsSync(join(directory, part)));
    expect(types).toEqual({
      extends: '@switchyard/tooling/tsconfig.base.json',
      include: [...folders, '*.config.ts'],
    });
    expect(JSON.parse(read('tsconfig.build.json'))).toEqual({
      extends: '@switchyard/tooling/tsconfig.build.json',
    });
    expect(read('tsup.config.ts')).toContain("from '@switchyard/tooling/tsup'");
    expect(read('vitest.config.ts')).toContain(`project('${name}'`);
  });

  it('carries the tag that turbo judges its imports by', () => {
    const fallback = folder.startsWith('apps/') ? 'app' : name.startsWith('backend-') ? 'backend' : null;
    const tag = TAGS[name] ?? fallback;
    expect(tag, `no tag is known for ${folder}; add it to TAGS`).not.toBeNull();
    expect(JSON.parse(read('turbo.json'))).toEqual({ extends: ['//'], tags: [tag] });
  });

  it('has the manifest fields of the house', () => {
    expect(manifest).toMatchObject({
      license: 'Apache-2.0',
      type: 'module',
      sideEffects: false,
      engines: { node: '>=22.12' },
      publishConfig: { access: 'public', provenance: true },
      repository: { type: 'git', directory: folder },
    });
    expect(manifest.files).toEqual([
      'dist',
      ...(existsSync(join(directory, 'proto')) ? ['proto'] : []),
      ...(existsSync(join(directory, 'schemas')) ? ['schemas'] : []),
      'src',
      ...(existsSync(join(directory, 'template')) ? ['template'] : []),
      '!src/**/*.test.ts',
      '!src/**/*.test-d.ts',
      '!src/**/__fixtures__',
    ]);
  });

  // No script runs when it is installed: `prepare` and its kind are missing because these are all.
  it('has the four scripts and no other', () => {
    expect(manifest.scripts).toEqual(SCRIPTS);
  });

  it('takes versions from the workspace and the catalog only', () => {
    const ranges = [
      manifest.dependencies,
      manifest.optionalDependencies,
      manifest.devDependencies,
      manifest.peerDependencies,
    ].flatMap((dependencies) => Object.entries(dependencies ?? {}));
    expect(ranges).not.toEqual([]);
    for (const [dependency, range] of ranges) {
      const expected = dependency.startsWith('@switchyard/') ? /^workspace:[\^*]$/ : /^catalog:$/;
      expect(range, dependency).toMatch(expected);
    }
    expect(Object.values(manifest.dependencies ?? {})).not.toContain('workspace:*');
  });

  it('exports source, types and default, in this order, and all three are the same module', () => {
    expect(manifest.exports).toMatchObject({ '.': {}, './package.json': './package.json' });
    for (const { entry } of moduleEntries(manifest)) {
      expect(Object.keys(entry)).toEqual(['@switchyard/source', 'types', 'default']);
      const module = /^\.\/src\/(.+)\.ts$/.exec(entry['@switchyard/source'])?.[1];
      expect(entry).toEqual({
        '@switchyard/source': `./src/${module}.ts`,
        types: `./dist/${module}.d.ts`,
        default: `./dist/${module}.js`,
      });
      expect(existsSync(join(directory, entry['@switchyard/source']))).toBe(true);
    }
  });

  it('builds exactly what it exports and runs', async () => {
    const config = (await import(pathToFileURL(join(directory, 'tsup.config.ts')).href)) as {
      readonly default: { readonly entry: readonly string[] };
    };
    const wanted = [
      ...moduleEntries(manifest).map(({ entry }) => entry['@switchyard/source'].slice(2)),
      ...Object.values(manifest.bin ?? {}).map((file) => file.replace(/^\.\/dist\/(.+)\.js$/, 'src/$1.ts')),
    ];
    // A worker or child program of a package is an entry too, without being exported.
    expect(config.default.entry).toEqual(expect.arrayContaining(wanted));
    for (const source of config.default.entry) expect(existsSync(join(directory, source)), source).toBe(true);
  });
});

it.each(
  PUBLISHED.flatMap(({ folder, manifest }) =>
    Object.values(manifest.bin ?? {}).map((file) =>
      file.replace(/^\.\/dist\/(.+)\.js$/, `${folder}/src/$1.ts`),
    ),
  ),
)('%s, a command, is started with Node', (source) => {
  expect(readText(source).split('\n')[0]).toBe('#!/usr/bin/env node');
});

it.each(PUBLISHED.filter(({ directory }) => existsSync(join(directory, 'src/version.ts'))))(
  '$folder knows its own version',
  async ({ directory, manifest }) => {
    const module = (await import(pathToFileURL(join(directory, 'src/version.ts')).href)) as {
      readonly VERSION: unknown;
    };
    expect(module.VERSION).toBe(manifest.version);
  },
);

describe.each(BACKENDS)('$folder, a backend', ({ folder, directory, manifest }) => {
  const id = folder.replace('packages/backend-', '');
  const load = async () =>
    (await import(pathToFileURL(join(directory, 'src/index.ts')).href)) as Readonly<Record<string, unknown>>;

  it('is a peer of core, so that a project has one copy of the contract', () => {
    expect(manifest.peerDependencies).toMatchObject({ '@switchyard/core': 'workspace:^' });
    expect(manifest.peerDependenciesMeta?.['@switchyard/core']).toBeUndefined();
    expect(manifest.dependencies ?? {}).not.toHaveProperty('@switchyard/core');
  });

  it('exports exactly one create<Name>Backend, which gives the backend of this package', async () => {
    const module = await load();
    const pascal = id.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
    const makers = Object.keys(module).filter((name) => name.startsWith('create'));
    expect(makers).toEqual([`create${pascal}Backend`]);
    const backend = (module[makers[0]!] as () => BackendV1)();
    expect(backend.specificationVersion).toBe('v1');
    expect(backend.manifest.id).toBe(id);
    expect(backend.manifest.package).toEqual({ name: manifest.name, version: manifest.version });
  });

  it('exports its version', async () => {
    expect((await load()).VERSION).toBe(manifest.version);
  });

  it('has a README that points to its page', () => {
    expect(readText(`${folder}/README.md`)).toContain(`docs/backends/${id}.md`);
  });
});
