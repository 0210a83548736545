import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createRegistry,
  select,
  type BackendV1,
  type CandidateReport,
  type SelectionReport,
} from '@switchyard/core';
import { hostFactsOf, mockBackend } from '@switchyard/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Considered } from './hostile-consider.ts';
import { backendCode, HOSTILE_PLUGINS, type HostilePlugin } from './hostile-plugins.ts';
import { ROOT } from './workspace.ts';

// A project whose owner listed a plugin that works and one that is hostile. Whatever the hostile one does, it ends in a
// sentence, and the selection among the others is what it was without it.

const PREPARATION_MILLISECONDS = 120_000;
const PROGRAMS = {
  program: 'test/hostile-consider.ts',
  cli: 'apps/cli/src/main.ts',
} as const;

let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'switchyard-hostile-')));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function writePackage(project: string, name: string, manifest: object, code: string): void {
  const place = join(project, 'node_modules', name);
  mkdirSync(place, { recursive: true });
  const common = { name, version: '1.0.0', type: 'module', exports: './main.js' };
  writeFileSync(join(place, 'package.json'), JSON.stringify({ ...common, ...manifest }));
  writeFileSync(join(place, 'main.js'), code);
}

/** A project with the plugin that works, and perhaps a hostile one whose name sorts before it. */
function projectWith(plugin: HostilePlugin | null): string {
  const project = mkdtempSync(join(folder, 'project-'));
  const names = ['backend-good', ...(plugin === null ? [] : ['a-hostile'])];
  const dependencies = Object.fromEntries(names.map((name) => [name, '*']));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'a-project', dependencies }));
  const plugins = plugin?.listed === false ? ['backend-good'] : names;
  writeFileSync(join(project, 'switchyard.config.json'), JSON.stringify({ plugins }));
  const metadata = (id: unknown) => ({
    switchyard: { backend: { id, contract: 'v1', export: 'createBackend' } },
  });
  writePackage(project, 'backend-good', metadata('good'), backendCode('good'));
  if (plugin !== null) {
    const { id = 'hostile', manifest = {}, code = '', over } = plugin;
    const made = backendCode(typeof id === 'string' ? id : 'hostile', over);
    writePackage(project, 'a-hostile', { ...metadata(id), ...manifest }, `${code}\n${made}`);
  }
  return project;
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function start(
  program: keyof typeof PROGRAMS,
  project: string,
  args: readonly string[],
): Promise<Ended> {
  const flags = ['--conditions=@switchyard/source', '--disable-warning=ExperimentalWarning'];
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:NODE_|SWITCHYARD_|VITEST|XDG_)/.test(name),
  );
  const child = spawn(process.execPath, [...flags, join(ROOT, PROGRAMS[program]), ...args], {
    cwd: project,
    env: { ...Object.fromEntries(inherited), HOME: project },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const status = await new Promise<number | null>((done) => child.on('close', done));
  return { status, stdout, stderr };
}

const consider = async (project: string, act: string): Promise<Considered & { readonly ended: Ended }> => {
  const ended = await start('program', project, [project, act]);
  expect(ended.stdout, ended.stderr).toMatch(/^\{.+\}\n$/);
  return { ...(JSON.parse(ended.stdout) as Considered), ended };
};
const explain = async (
  project: string,
): Promise<{ readonly report: SelectionReport; readonly ended: Ended }> => {
  const ended = await start('cli', project, ['explain', '--json']);
  expect(ended.stdout, ended.stderr).toMatch(/^\{[^]+\}\n$/);
  return { report: JSON.parse(ended.stdout) as SelectionReport, ended };
};

const isHostile = ({ package: { name } }: CandidateReport) => name === 'a-hostile';
/** What selection says of everybody else, and whom it chose. */
const ofTheOthers = (report: SelectionReport) => ({
  selected: report.selected,
  basis: report.basis,
  refusal: report.refusal,
  candidates: report.candidates.filter((candidate) => !isHostile(candidate)),
});
/** The same without its words: who a choice was made among is part of them. */
const standing = (report: SelectionReport) => ({
  selected: report.selected,
  candidates: ofTheOthers(report).candidates.map(({ backend, status, gates }) => ({
    backend,
    status,
    gates,
  })),
});
const statuses = (report: SelectionReport) =>
  standing(report).candidates.map(({ backend, status }) => `${backend}: ${status}`);
/** Everything that a reader is told because of the hostile one. */
const told = (report: SelectionReport, ...more: readonly unknown[]) =>
  [
    ...report.candidates
      .filter((candidate) => isHostile(candidate))
      .flatMap(({ reasons }) => reasons.map(({ message }) => message)),
    ...report.warnings.map(({ message }) => message),
    ...more.map((one) => JSON.stringify(one)),
  ].join('\n');

function expectNoStack(ended: Ended): void {
  expect(ended.status, ended.stderr).toBe(0);
  expect(ended.stderr).not.toMatch(/^\s+at .+(?::\d+|\))$/m);
  expect(ended.stdout).not.toMatch(/\\n\s+at /);
}

describe('a hostile plugin', () => {
  const before: Partial<Record<'explain' | 'probe' | 'open', Considered>> = {};
  let beforeCli: SelectionReport;
  beforeAll(async () => {
    const project = projectWith(null);
    for (const act of ['explain', 'probe', 'open'] as const) before[act] = await consider(project, act);
    beforeCli = (await explain(project)).report;
  }, PREPARATION_MILLISECONDS);

  it('is compared with a project in which the other plugin is chosen', () => {
    expect(before.explain?.explained.selected?.backend).toBe('good');
    expect(before.open?.opened?.selected?.backend).toBe('good');
    expect(before.probe?.probed).toMatchObject({ good: { ok: true } });
    expect(beforeCli.selected?.backend).toBe('good');
    expect(HOSTILE_PLUGINS.length).toBeGreaterThanOrEqual(10);
  });

  // Each has a project of its own, and most of its time it waits for processes.
  it.concurrent.each(HOSTILE_PLUGINS.filter(({ shows = 'explain' }) => shows === 'explain'))(
    '$name changes no selection, in a program and on the command line',
    async (plugin) => {
      const project = projectWith(plugin);
      const onCommandLine = await explain(project);
      expectNoStack(onCommandLine.ended);
      // Whoever has files that are missing was a candidate, so that the words of a choice name it.
      const others = /artifacts/.test(plugin.name) ? standing : ofTheOthers;
      expect(others(onCommandLine.report)).toEqual(others(beforeCli));
      expect(told(onCommandLine.report)).toMatch(plugin.sentence);
      if (plugin.only === 'cli') return;
      const inProgram = await consider(project, 'explain');
      expectNoStack(inProgram.ended);
      // Artifacts are looked at by the runtime; the registry alone does not ask for them.
      if (!/artifacts/.test(plugin.name)) {
        expect(ofTheOthers(inProgram.selected)).toEqual(ofTheOthers(before.explain!.selected));
      }
      expect(others(inProgram.explained)).toEqual(others(before.explain!.explained));
      expect(told(inProgram.explained)).toMatch(plugin.sentence);
    },
    PREPARATION_MILLISECONDS,
  );

  it.concurrent.each(HOSTILE_PLUGINS.filter(({ shows }) => shows === 'probe'))(
    '$name changes no selection once it was tried',
    async (plugin) => {
      const { explained, probed, ended } = await consider(projectWith(plugin), 'probe');
      expectNoStack(ended);
      expect(probed).toMatchObject({ good: { ok: true } });
      expect(told(explained, probed['hostile'])).toMatch(plugin.sentence);
      expect(explained.selected?.backend).toBe('good');
      expect(standing(explained)).toEqual(standing(before.probe!.explained));
    },
    PREPARATION_MILLISECONDS,
  );

  it.concurrent.each(HOSTILE_PLUGINS.filter(({ shows }) => shows === 'open'))(
    '$name changes no selection once it was to open a model',
    async (plugin) => {
      const { opened, ended } = await consider(projectWith(plugin), 'open');
      expectNoStack(ended);
      expect(told(opened!)).toMatch(plugin.sentence);
      expect(opened?.selected?.backend).toBe('good');
      // How far the one that is chosen was tried is not the same when it comes second.
      expect(statuses(opened!)).toEqual(statuses(before.open!.opened!));
    },
    PREPARATION_MILLISECONDS,
  );

  it('with the id of another one that is listed too is no reason to prefer either', async () => {
    const { explained, ended } = await consider(
      projectWith({ name: 'both listed', id: 'good', sentence: /both offer/ }),
      'explain',
    );
    expectNoStack(ended);
    expect(explained.selected?.backend).toBe('cpu');
    expect(told(explained)).toMatch(
      /`a-hostile` and `backend-good` both offer|`backend-good` and `a-hostile` both offer/,
    );
  });
});

describe('a hostile object, in the registry', () => {
  const host = hostFactsOf();
  const good = () => mockBackend({ manifest: { id: 'good' } });
  const report = (registry: ReturnType<typeof createRegistry>) =>
    ofTheOthers(select({ known: registry.known(), host, settings: [] }));
  const alone = report(createRegistry([good()]));

  it.each<readonly [string, unknown, RegExp]>([
    ['that is nothing', null, /it is not an object/],
    [
      'that throws at every look',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('private');
          },
        },
      ),
      /reading it threw: private/,
    ],
    ['that clashes', mockBackend({ manifest: { id: 'good' } }), /both offer a backend named `good`/],
    [
      'that clashes by an alias',
      mockBackend({ manifest: { id: 'bad', aliases: ['good'] } }),
      /both offer a backend named `good`/,
    ],
    [
      'of another contract',
      { ...mockBackend({ manifest: { id: 'bad' } }), specificationVersion: 'v2' },
      /contract "v2"/,
    ],
    [
      'without a predicate',
      { ...mockBackend({ manifest: { id: 'bad' } }), predicate: 1 },
      /`predicate` is not a function/,
    ],
    ['with open options', mockBackend({ manifest: { id: 'bad', options: [] as never } }), /no option schema/],
    [
      'with an option of no type',
      mockBackend({ manifest: { id: 'bad', options: { any: { description: 'x' } as never } } }),
      /of the type undefined/,
    ],
    [
      'with an option without words',
      mockBackend({ manifest: { id: 'bad', options: { any: { type: 'string', description: ' ' } } } }),
      /has no description/,
    ],
    [
      'with an enum of nothing',
      mockBackend({
        manifest: { id: 'bad', options: { any: { type: 'enum', description: 'x', values: [] } } },
      }),
      /does not list the values/,
    ],
    [
      'with an option of nothing',
      mockBackend({ manifest: { id: 'bad', options: { any: null as never } } }),
      /has no specification/,
    ],
    [
      'with an option `constructor`',
      mockBackend({
        manifest: { id: 'bad', options: { ['constructor']: { type: 'string', description: 'x' } as const } },
      }),
      /every object has already/,
    ],
  ])('%s is refused with a sentence, and the others stay', (_name, offered, sentence) => {
    const registry = createRegistry([good()]);
    expect(() => registry.register(offered as BackendV1)).toThrow(sentence);
    expect(report(registry)).toEqual(alone);
  });

  it.each(['constructor', 'prototype', 'has-own-property', 'valueof'])('named `%s` disturbs nobody', (id) => {
    const predicate: BackendV1['predicate'] = () => {
      throw new Error('no');
    };
    const registry = createRegistry([good(), mockBackend({ manifest: { id, optIn: true }, predicate })]);
    const { candidates } = select({ known: registry.known(), host, settings: [] });
    expect(candidates.filter(({ backend }) => backend !== id)).toEqual(alone.candidates);
  });
});
