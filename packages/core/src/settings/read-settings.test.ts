import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettingsError } from '../errors/settings-error.ts';
import { backendNames } from './backend-names.ts';
import { readSettings } from './read-settings.ts';
import { resolveSettings } from './resolve-settings.ts';
import { statementsFromConfig } from './statements-from-config.ts';
import { statementsFromEnvironment } from './statements-from-environment.ts';
import { takeSelectionFlags } from './take-selection-flags.ts';

const names = backendNames([
  { id: 'cpu', aliases: [] },
  { id: 'cuda', aliases: [] },
  { id: 'mps-coreml', aliases: ['mps', 'coreml'] },
  { id: 'openvino', aliases: [] },
]);

function failure(action: () => unknown): SettingsError {
  try {
    action();
  } catch (error) {
    if (SettingsError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

function kinds(...argv: string[]): string[] {
  return takeSelectionFlags(argv, names).statements.map(({ kind }) => kind);
}

describe('flags', () => {
  it('takes its own flags and leaves the rest in order', () => {
    const argv = [
      'run',
      '--backend',
      'cuda',
      'model.onnx',
      '--use-mps=no',
      '--json',
      '--fallback=error',
      '--',
      '--backend',
    ];
    const { statements, rest } = takeSelectionFlags(argv, names);
    expect(rest).toEqual(['run', 'model.onnx', '--json', '--', '--backend']);
    expect(statements).toEqual([
      { kind: 'backend', backend: 'cuda', source: { layer: 'flag', detail: '--backend cuda' } },
      { kind: 'use', backend: 'mps', value: false, source: { layer: 'flag', detail: '--use-mps=no' } },
      { kind: 'fallback', policy: 'error', source: { layer: 'flag', detail: '--fallback=error' } },
    ]);
  });

  it('leaves a positional word after `--use-x` alone', () => {
    expect(takeSelectionFlags(['--use-cuda', 'model.onnx'], names).rest).toEqual(['model.onnx']);
  });

  it.each([
    ['--use-openvino=maybe', 'neither yes nor no'],
    ['--no-use-openvino=false', 'yes and no at once'],
    ['--use-opnvino', 'Did you mean `--use-openvino`?'],
    ['--backend', 'needs a value'],
    ['--use-openvin', 'Did you mean `--use-openvino`?'],
  ])('%s is refused', (flag, text) => {
    expect(failure(() => takeSelectionFlags([flag], names)).message).toContain(text);
  });

  it('does not take abbreviations', () => {
    expect(takeSelectionFlags(['--back', 'cpu'], names)).toEqual({ statements: [], rest: ['--back', 'cpu'] });
  });

  it('a value that cannot be understood refuses later instead of being dropped', () => {
    expect(kinds('--fallback', 'sometimes')).toEqual(['invalid']);
    expect(kinds('--prefer', 'cuda,,cpu')).toEqual(['invalid']);
    expect(kinds('--backend', 'cuda,cpu')).toEqual(['invalid']);
    expect(kinds('--backend=')).toEqual(['invalid']);
    expect(kinds('--device=')).toEqual(['invalid']);
  });
});

describe('environment', () => {
  it('reads every variable, and the empty string is "not set"', () => {
    const { statements, warnings } = statementsFromEnvironment(
      {
        SWITCHYARD_BACKEND: '',
        SWITCHYARD_DISABLE: 'cuda, openvino',
        SWITCHYARD_USE_MPS_COREML: 'on',
        SWITCHYARD_PLUGINS: '@acme/npu',
        PATH: 'x',
      },
      names,
    );
    expect(warnings).toEqual([]);
    expect(statements.map(({ source: _source, ...said }) => said)).toEqual([
      { kind: 'disable', backend: 'cuda' },
      { kind: 'disable', backend: 'openvino' },
      { kind: 'plugin', package: '@acme/npu' },
      { kind: 'use', backend: 'mps-coreml', value: true },
    ]);
  });

  it('a value that is neither yes nor no names the variable', () => {
    const { statements } = statementsFromEnvironment({ SWITCHYARD_USE_CUDA: 'maybe' }, names);
    expect(statements).toMatchObject([
      { kind: 'invalid', message: expect.stringContaining('SWITCHYARD_USE_CUDA') },
    ]);
  });

  it('a request for a backend that this program does not have is refused, a denial is not', () => {
    const outcome = (value: string) =>
      resolveSettings(statementsFromEnvironment({ SWITCHYARD_USE_ACME_NPU: value }, names).statements, names);
    expect(outcome('true').problems).toMatchObject([{ code: 'unknown-backend' }]);
    expect(outcome('true').problems[0]!.message).toContain('`acme-npu`');
    expect(outcome('false')).toMatchObject({ problems: [], warnings: [{}] });
  });

  it('an unknown variable is a warning with the nearest name', () => {
    const { statements, warnings } = statementsFromEnvironment(
      { SWITCHYARD_BAKEND: 'cpu', SWITCHYARD_X: '1' },
      names,
      ['SWITCHYARD_X'],
    );
    expect(statements).toEqual([]);
    expect(warnings).toEqual([
      { message: expect.stringContaining('SWITCHYARD_BAKEND'), remedy: 'Did you mean `SWITCHYARD_BACKEND`?' },
    ]);
  });
});

describe('configuration', () => {
  it('knows the file and line of every statement', () => {
    const text =
      '// pinned\n{\n  "disable": [\n    "cuda",\n    "openvino"\n  ],\n  "device": "coreml:all",\n}\n';
    expect(statementsFromConfig(text, 'c.json', 'project-config').map(({ source }) => source.detail)).toEqual(
      ['c.json:4', 'c.json:5', 'c.json:7'],
    );
  });

  it.each([
    ['{ "backend": ', 'c.json:1', 'is not valid JSON'],
    ['{\n  "bakend": "cpu"\n}', 'c.json:2', 'Did you mean `backend`?'],
    ['{\n\n  "disable": "cuda" }', 'c.json:3', 'a list of names'],
    ['{ "backend": 1 }', 'c.json:1', 'the value 1'],
    ['{ "fallback": "maybe" }', 'c.json:1', 'error, warn, allow'],
    ['{ "backend": "cpu",\n"backend": "cuda" }', 'c.json:2', 'twice'],
    ['[]', 'c.json:1', 'one JSON object'],
    ['', 'c.json:1', 'not valid JSON'],
  ])('%j is refused at %s', (text, place, words) => {
    const error = failure(() => statementsFromConfig(text, 'c.json', 'project-config'));
    expect(error.code).toBe('config-malformed');
    expect(error.source).toBe(place);
    expect(error.message).toContain(place);
    expect(error.message).toContain(words);
  });

  it('leaves keys of the composing program to it', () => {
    expect(
      statementsFromConfig('{ "$schema": "x", "server": {} }', 'c.json', 'user-config', ['server']),
    ).toEqual([]);
  });
});

describe('layers that lie around', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'switchyard-settings-'));
    await mkdir(join(folder, 'home', 'switchyard'), { recursive: true });
    await mkdir(join(folder, 'project', 'deep'), { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const read = (more: Record<string, string> = {}, configFile?: string) =>
    readSettings({
      names,
      cwd: join(folder, 'project', 'deep'),
      environment: { XDG_CONFIG_HOME: join(folder, 'home'), APPDATA: join(folder, 'home'), ...more },
      ...(configFile === undefined ? {} : { configFile }),
    });

  it('reads the user, the nearest project file above, and the environment', async () => {
    await writeFile(join(folder, 'home', 'switchyard', 'config.json'), '{ "disable": ["cuda"] }');
    await writeFile(join(folder, 'project', 'switchyard.config.json'), '{ "backend": "cpu" }');
    const { statements, files } = await read({ SWITCHYARD_ENABLE: 'openvino' });
    expect(statements.map(({ source }) => source.layer)).toEqual(['user-config', 'project-config', 'env']);
    expect(files).toEqual([
      join(folder, 'home', 'switchyard', 'config.json'),
      join(folder, 'project', 'switchyard.config.json'),
    ]);
  });

  it('a named file takes the place of the project file and must exist', async () => {
    await writeFile(join(folder, 'other.json'), '{ "backend": "cuda" }');
    expect((await read({ SWITCHYARD_CONFIG: join(folder, 'other.json') })).statements).toMatchObject([
      { backend: 'cuda' },
    ]);
    expect((await read({}, '../../other.json')).statements).toMatchObject([{ backend: 'cuda' }]);
    await expect(read({}, 'missing.json')).rejects.toThrow('does not exist');
  });

  it('nothing there is nothing said', async () => {
    expect(await read()).toEqual({ statements: [], warnings: [], files: [] });
  });
});
