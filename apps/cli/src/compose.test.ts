import { describe, expect, it } from 'vitest';
import { CATALOGUE, loadBackend } from '@switchyard/composition';
import { createRegistry, type SelectionReport } from '@switchyard/core';
import { cli, temporaryFolder } from './__fixtures__/cli.ts';
import { compose } from './compose.ts';
import { discoverHere } from './discover-here.ts';

type Files = Readonly<Record<string, string>>;
interface PluginSpec {
  readonly id?: unknown;
  readonly contract?: unknown;
  readonly export?: unknown;
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly code?: string;
}

/** A package under node_modules that says in its package.json that it is a backend. */
function plugin(name: string, spec: PluginSpec = {}): Files {
  const { id = 'acme-npu', contract = 'v1', manifest = {}, code = backendCode() } = spec;
  const backend = { id, contract, export: spec.export ?? 'createAcmeNpuBackend' };
  const document = {
    name,
    version: '1.2.3',
    type: 'module',
    exports: { import: './main.js' },
    switchyard: { backend },
  };
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify({ ...document, ...manifest }),
    [`node_modules/${name}/main.js`]: `globalThis.loadedPlugins?.push(${JSON.stringify(name)});\n${code}`,
  };
}

/** A backend without dependencies, as a third party could write it; `changes` is put over the object. */
function backendCode(changes = '{}', id = 'acme-npu'): string {
  return `export function createAcmeNpuBackend() {
  const manifest = {
    id: '${id}', title: 'Acme', package: { name: 'acme-npu', version: '1.2.3' }, stability: 'experimental',
    optIn: false, optInReason: 'It is a test.', deviceKinds: ['npu'], dtypes: ['float32'],
    isolation: { minimum: 'inline', recommended: 'inline' }, options: {},
  };
  const device = { id: manifest.id + ':0', name: 'Acme NPU', kind: 'npu', software: false };
  return {
    specificationVersion: 'v1', manifest,
    predicate: () => ({ eligible: 'yes', reasons: [], devices: [device] }),
    doProbe: async () => ({ ok: true, devices: [device], evidence: 'test' }),
    doDevices: async () => [device],
    doOpen: async () => { throw new Error('not in this test'); },
    ...${changes},
  };
}
`;
}

function project(dependencies: readonly string[], ...files: readonly Files[]): string {
  const entries = Object.fromEntries(dependencies.map((name) => [name, '*']));
  return temporaryFolder({
    'package.json': JSON.stringify({ name: 'a-project', dependencies: entries }),
    ...Object.assign({}, ...files),
  } as Files);
}

async function explain(
  cwd: string,
  ...argv: readonly string[]
): Promise<{ status: number; report: SelectionReport }> {
  const { status, stdout, stderr } = await cli(['explain', '--json', ...argv], { cwd });
  expect(stderr).toBe('');
  expect(stdout).not.toMatch(/\n\s+at .+:\d+/);
  return { status, report: JSON.parse(stdout) as SelectionReport };
}

const candidateOf = (report: SelectionReport, id = 'acme-npu') =>
  report.candidates.find(({ backend }) => backend === id);

describe('a third-party plugin', () => {
  it('that nobody listed is shown, and none of its code runs', async () => {
    const loadedPlugins: string[] = [];
    Object.assign(globalThis, { loadedPlugins });
    const cwd = project(['acme-npu'], plugin('acme-npu'));
    const { status, report } = await explain(cwd);
    expect(status).toBe(0);
    expect(report.selected?.backend).toBe('cpu');
    expect(candidateOf(report)).toMatchObject({
      package: { name: 'acme-npu', version: '1.2.3', installed: true },
      optIn: null,
      status: 'not-enabled',
      reasons: [{ code: 'plugin-not-listed', remedy: expect.stringContaining('--plugin acme-npu') }],
    });
    expect(loadedPlugins).toEqual([]);
    await explain(cwd, '--plugin', 'acme-npu');
    expect(loadedPlugins).toEqual(['acme-npu']);
  });

  const cwd = project(['acme-npu'], plugin('acme-npu'), {
    'sub/switchyard.config.json': '{ "plugins": ["acme-npu"] }',
    'sub/deep/notes.txt': '',
  });

  it('that is listed by flag, variable or configuration takes part', async () => {
    const byFlag = await explain(cwd, '--plugin', 'acme-npu');
    expect(byFlag.report.selected).toEqual({
      backend: 'acme-npu',
      device: 'acme-npu:0',
      deviceName: 'Acme NPU',
    });
    const byVariable = await cli(['explain', '--json'], {
      cwd,
      environment: { SWITCHYARD_PLUGINS: 'acme-npu' },
    });
    expect(JSON.parse(byVariable.stdout)).toMatchObject({ selected: { backend: 'acme-npu' } });
    const byConfig = await explain(`${cwd}/sub/deep`);
    expect(byConfig.report.selected?.backend).toBe('acme-npu');
  });

  it('has flags and variables from its metadata alone', async () => {
    const off = await explain(cwd, '--plugin', 'acme-npu', '--use-acme-npu=false');
    expect(off.report.selected?.backend).toBe('cpu');
    expect(candidateOf(off.report)?.status).toBe('disabled');
    const asked = await explain(cwd, '--use-acme-npu');
    expect(asked.status).toBe(3);
    expect(asked.report.refusal).toMatchObject({ code: 'plugin-not-listed' });
    const variable = await cli(['explain', '--json'], {
      cwd,
      environment: { SWITCHYARD_USE_ACME_NPU: 'maybe' },
    });
    expect(variable.status).toBe(2);
    expect(JSON.parse(variable.stdout)).toMatchObject({ refusal: { code: 'invalid-value' } });
  });

  it('of which no direct dependency tells is not found', async () => {
    const { report } = await explain(project([], plugin('acme-npu')));
    expect(candidateOf(report)).toBeUndefined();
  });

  const own = (changes: string): PluginSpec => ({ code: backendCode(changes) });
  const broken: readonly (readonly [string, PluginSpec, string, RegExp])[] = [
    ['whose import throws', { code: 'throw new Error("kaput");' }, 'plugin-bug', /importing it threw: kaput/],
    ['that cannot be parsed', { code: 'export const = ;' }, 'plugin-bug', /importing it threw: /],
    [
      'that needs what is not there',
      { code: 'import "left-pad-of-nowhere";' },
      'package-missing',
      /left-pad-of-nowhere/,
    ],
    ['without the export', { export: 'createOther' }, 'plugin-bug', /no function `createOther`/],
    [
      'whose factory throws',
      { code: 'export function createAcmeNpuBackend() { throw null; }' },
      'plugin-bug',
      /`createAcmeNpuBackend` threw: null/,
    ],
    [
      'that returns nothing',
      { code: 'export function createAcmeNpuBackend() {}' },
      'plugin-bug',
      /not an object/,
    ],
    [
      'of another contract by its metadata',
      { contract: 'v9' },
      'api-mismatch',
      /contract v9, and this program supports v1/,
    ],
    ['of another contract by its code', own("{ specificationVersion: 'v7' }"), 'api-mismatch', /"v7"/],
    [
      'with another id than it says',
      { code: backendCode('{}', 'other-npu') },
      'plugin-bug',
      /says that it is `acme-npu`, but its code says `other-npu`/,
    ],
    ['without a predicate', own('{ predicate: undefined }'), 'plugin-bug', /`predicate` is not a function/],
    [
      'without a file',
      { manifest: { exports: { require: './x.cjs' } } },
      'plugin-bug',
      /names no file to import/,
    ],
    [
      'whose predicate throws',
      own('{ predicate: () => { throw new Error("boom"); } }'),
      'plugin-bug',
      /its predicate threw: boom/,
    ],
    [
      'whose artifacts throw',
      own('{ doArtifacts: async () => { throw new Error("dust"); } }'),
      'plugin-bug',
      /`doArtifacts` threw: dust/,
    ],
  ];

  it.each(broken)('%s keeps its fault to itself', async (_name, spec, code, message) => {
    const folder = project(['acme-npu'], plugin('acme-npu', spec));
    const { status, report } = await explain(folder, '--plugin', 'acme-npu');
    expect(status).toBe(0);
    expect(report.selected?.backend).toBe('cpu');
    expect(candidateOf(report)).toMatchObject({
      status: 'rejected',
      reasons: [{ code, message: expect.stringMatching(message), remedy: expect.stringMatching(/\S/) }],
    });
    const asked = await explain(folder, '--plugin', 'acme-npu', '--backend', 'acme-npu');
    expect(asked.status).toBe(3);
    expect(asked.report.refusal?.code).toBe(code);
  });

  it.each([
    ['a word', { switchyard: 'yes' }],
    ['a reserved id', { switchyard: { backend: { id: 'auto', contract: 'v1', export: 'x' } } }],
    ['a bad id', { switchyard: { backend: { id: 'Acme NPU', contract: 'v1', export: 'x' } } }],
    ['no contract', { switchyard: { backend: { id: 'acme-npu', export: 'x' } } }],
    ['no export', { switchyard: { backend: { id: 'acme-npu', contract: 'v1' } } }],
  ])('whose metadata is malformed (%s) is a warning', async (_name, manifest) => {
    const { status, report } = await explain(project(['acme-npu'], plugin('acme-npu', { manifest })));
    expect(status).toBe(0);
    expect(candidateOf(report)).toBeUndefined();
    expect(report.warnings).toEqual([
      {
        message: expect.stringMatching(/^`acme-npu` seems to be a backend/),
        remedy: expect.stringMatching(/\S/),
      },
    ]);
  });

  it('that is listed but not installed is said to be missing, with the command of the package manager', async () => {
    const folder = project([]);
    const pnpm = temporaryFolder({ 'package.json': '{"packageManager":"pnpm@12.0.0"}' });
    const yarn = temporaryFolder({ 'package.json': '{}', 'yarn.lock': '' });
    for (const [cwd, command] of [
      [folder, 'npm install acme-npu'],
      [pnpm, 'pnpm add acme-npu'],
      [yarn, 'yarn add acme-npu'],
    ] as const) {
      const { status, report } = await explain(cwd, '--plugin', 'acme-npu');
      expect(status).toBe(0);
      expect(candidateOf(report, 'acme-npu-package')).toMatchObject({
        status: 'rejected',
        reasons: [{ code: 'package-missing', remedy: command }],
      });
      expect(report.warnings).toEqual([
        { message: expect.stringContaining('`--plugin acme-npu`'), remedy: command },
      ]);
    }
  });

  it('that is listed and there, though no direct dependency, is loaded', async () => {
    const { report } = await explain(project([], plugin('acme-npu')), '--plugin', 'acme-npu');
    expect(report.selected?.backend).toBe('acme-npu');
  });

  it('that is listed and says nothing of a backend is named', async () => {
    const folder = project([], {
      'node_modules/plain/package.json': '{ "name": "plain", "version": "2.0.0" }',
    });
    const { report } = await explain(folder, '--plugin', 'plain');
    expect(candidateOf(report, 'plain-package')).toMatchObject({
      package: { name: 'plain', version: '2.0.0' },
      reasons: [{ code: 'plugin-bug', message: expect.stringContaining('says nothing of a backend') }],
    });
  });

  it('that belongs to Switchyard needs no listing, and a warning says so', async () => {
    const { report } = await explain(project([]), '--plugin', '@switchyard/backend-cuda');
    expect(report.warnings).toEqual([
      { message: expect.stringContaining('needs no listing'), remedy: 'Leave it out.' },
    ]);
  });

  it('that never finishes loading does not hold up the rest', async () => {
    const folder = project(['acme-npu'], plugin('acme-npu', { code: 'await new Promise(() => {});' }));
    const registry = createRegistry();
    const [metadata] = discoverHere(folder).plugins;
    const reason = await loadBackend(metadata!, registry, 50);
    expect(reason).toMatchObject({
      code: 'plugin-bug',
      message: expect.stringContaining('did not end within 50 ms'),
    });
    expect(registry.known()).toEqual([]);
  });

  it('that takes the id of a first-party backend is named beside it and left out', async () => {
    const folder = project(['evil-cpu'], plugin('evil-cpu', { id: 'cpu', code: backendCode('{}', 'cpu') }));
    const quiet = await explain(folder);
    expect(quiet.report.selected).toMatchObject({ backend: 'cpu', device: 'cpu' });
    const listed = await explain(folder, '--plugin', 'evil-cpu');
    expect(listed.report.selected).toMatchObject({ backend: 'cpu', device: 'cpu' });
    expect(candidateOf(listed.report, 'evil-cpu-package')?.reasons[0]).toMatchObject({
      code: 'plugin-bug',
      message: '`@switchyard/backend-cpu` and `evil-cpu` both offer a backend named `cpu`.',
    });
    expect(listed.report.warnings[0]?.message).toContain('`evil-cpu` both offer');
  });

  it('whose id another one has too is settled by listing one, and by neither when both are listed', async () => {
    const folder = project(['acme-a', 'acme-b'], plugin('acme-a'), plugin('acme-b'));
    const none = await explain(folder);
    expect(candidateOf(none.report)?.package.name).toBe('acme-a');
    const one = await explain(folder, '--plugin', 'acme-b');
    expect(one.report.selected?.backend).toBe('acme-npu');
    const both = await explain(folder, '--plugin', 'acme-a', '--plugin', 'acme-b');
    expect(both.report.selected?.backend).toBe('cpu');
    expect(both.report.warnings.map(({ message }) => message).join()).toMatch(
      /`acme-[ab]` and `acme-[ab]` both offer/,
    );
  });
});

describe('first-party backends', () => {
  it('that are not installed say what to type in this project', async () => {
    const discovery = discoverHere(temporaryFolder({ 'package.json': '{}', 'bun.lock': '' }));
    const without = {
      ...discovery,
      firstParty: discovery.firstParty.map(({ entry }) => ({ entry, found: null })),
    };
    const { registry } = await compose(without, []);
    const missing = registry.known().filter(({ state }) => state === 'not-installed');
    expect(missing.map((known) => (known.state === 'not-installed' ? known.install : ''))).toEqual([
      'bun add @switchyard/backend-cuda',
      'bun add @switchyard/backend-mps-coreml',
      'bun add @switchyard/backend-openvino',
      'bun add @switchyard/backend-wasm',
      'bun add @switchyard/backend-webgpu',
    ]);
  });

  it('are in the catalogue as they describe themselves', async () => {
    const { registry } = await compose(discoverHere(temporaryFolder()), []);
    for (const { id, aliases, package: name, title, optIn, deviceKinds } of CATALOGUE) {
      const manifest = registry.get(id)?.manifest;
      expect(manifest).toMatchObject({ id, package: { name }, title, optIn, deviceKinds });
      expect(manifest?.aliases ?? []).toEqual(aliases);
    }
  });
});
