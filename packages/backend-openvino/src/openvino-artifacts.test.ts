import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findOpenvinoFiles } from './openvino-artifacts.ts';
import { createOpenvinoBackend } from './openvino-backend.ts';
import { createOpenvinoLoader } from './openvino-library.ts';
import { OPENVINO_NODE_VERSION } from './version.ts';

const directories: string[] = [];

function emptyDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-openvino-'));
  directories.push(directory);
  return directory;
}

/** A project with the published JavaScript of openvino-node and the given native part and entry. */
function project(addon: string | null, entry?: string): string {
  const base = emptyDirectory();
  const target = join(base, 'node_modules', 'openvino-node');
  const published = dirname(createRequire(import.meta.url).resolve('openvino-node/package.json'));
  mkdirSync(target, { recursive: true });
  for (const part of ['package.json', 'dist'])
    cpSync(join(published, part), join(target, part), { recursive: true });
  if (addon !== null) {
    mkdirSync(join(target, 'bin'));
    writeFileSync(join(target, 'bin', 'ov_node_addon.node'), addon);
  }
  if (entry !== undefined) writeFileSync(join(target, 'dist', 'addon.js'), entry);
  return base;
}

afterEach(() => {
  vi.restoreAllMocks();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

describe('artifacts', () => {
  it('says package-missing with the command where openvino-node does not resolve', async () => {
    const backend = createOpenvinoBackend({ baseDirectory: emptyDirectory() });
    const checks = await backend.doArtifacts?.({} as never);
    expect(checks).toHaveLength(1);
    expect(checks?.[0]).toMatchObject({ present: false, problem: { code: 'package-missing' } });
    expect(checks?.[0]?.problem?.remedy).toContain(`npm install openvino-node@${OPENVINO_NODE_VERSION}`);
    expect(checks?.[0]?.problem?.remedy).toContain('downloads');
    const result = await backend.doProbe({ host: {} as never });
    expect(result).toMatchObject({ ok: false, reason: { code: 'package-missing' } });
    await expect(backend.doDevices({ host: {} as never })).rejects.toMatchObject({ code: 'package-missing' });
  });

  it('says artifact-missing where the install script did not run, and loads nothing to find out', () => {
    const dlopen = vi.spyOn(process, 'dlopen').mockImplementation(() => {
      throw new Error('Something native was loaded.');
    });
    const files = findOpenvinoFiles(project(null));
    expect(files.checks.map((check) => check.present)).toEqual([true, false]);
    expect(files.problem).toMatchObject({ code: 'artifact-missing' });
    expect(files.problem?.message).toContain('bin/ov_node_addon.node');
    expect(files.problem?.remedy).toContain('download-runtime.js');
    expect(dlopen).not.toHaveBeenCalled();
  });

  it('is satisfied when both parts are there', () => {
    const files = findOpenvinoFiles(project('anything'));
    expect(files.problem).toBeNull();
    expect(files.checks.map((check) => [check.present, check.problem])).toEqual([
      [true, null],
      [true, null],
    ]);
  });

  it('refuses another version', () => {
    const base = project(null);
    writeFileSync(join(base, 'node_modules', 'openvino-node', 'package.json'), '{"version":"2025.1.0"}');
    const { problem } = findOpenvinoFiles(base);
    expect(problem).toMatchObject({ code: 'package-missing' });
    expect(problem?.message).toContain('2025.1.0');
  });

  it('agrees with this machine: the package is here, its runtime only where a script ran', () => {
    const { directory, checks } = findOpenvinoFiles();
    expect(directory).not.toBeNull();
    expect(checks[0]).toMatchObject({ name: `openvino-node ${OPENVINO_NODE_VERSION}`, present: true });
    expect(checks).toHaveLength(2);
    expect(checks[1]?.problem?.code).toBe(checks[1]?.present === true ? undefined : 'artifact-missing');
  });
});

describe('loading', () => {
  it('turns a native part that cannot be loaded into one reason', async () => {
    const loaded = await createOpenvinoLoader(project('not a shared library'))();
    expect(loaded).toMatchObject({ ok: false, reason: { code: 'probe-failed' } });
    expect(loaded.ok ? '' : loaded.reason.message).toContain('could not be loaded');
  });

  it('names a system library that is missing', async () => {
    const said = 'libtbb.so.12: cannot open shared object file: No such file or directory';
    const entry = `throw new Error(${JSON.stringify(said)});`;
    const backend = createOpenvinoBackend({ baseDirectory: project('anything', entry) });
    const result = await backend.doProbe({ host: {} as never });
    expect(result).toMatchObject({ ok: false, reason: { code: 'runtime-library-missing' } });
    expect(result.ok ? '' : result.reason.message).toContain('libtbb.so.12');
  });

  it('imports the binding of the base directory once, and tries again after a failure', async () => {
    const base = project(null, 'exports.__esModule = true; exports.default = { loaded: Math.random() };');
    const load = createOpenvinoLoader(base);
    expect(await load()).toMatchObject({ ok: false, reason: { code: 'artifact-missing' } });
    mkdirSync(join(base, 'node_modules', 'openvino-node', 'bin'));
    writeFileSync(join(base, 'node_modules', 'openvino-node', 'bin', 'ov_node_addon.node'), '');
    const first = await load();
    expect(first).toMatchObject({ ok: true, library: { loaded: expect.any(Number) } });
    expect(await load()).toBe(first);
  });

  it('answers a probe when the package.json of openvino-node is broken', async () => {
    const base = project('anything');
    writeFileSync(join(base, 'node_modules', 'openvino-node', 'package.json'), '{');
    const backend = createOpenvinoBackend({ baseDirectory: base });
    expect(await backend.doArtifacts?.({} as never)).toMatchObject([
      { problem: { code: 'artifact-missing' } },
    ]);
    const result = await backend.doProbe({ host: {} as never });
    expect(result).toMatchObject({ ok: false, reason: { code: 'artifact-missing' } });
  });
});
