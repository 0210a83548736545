import { setTimeout as delay } from 'node:timers/promises';
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { identityModel, loopModel } from '@switchyard/onnx/testing';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './__fixtures__/cli.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const WATCH = new URL('__fixtures__/watch-loading.mjs', import.meta.url).href;
const cwd = temporaryFolder({
  'identity.onnx': identityModel(),
  'loop.onnx': loopModel(),
  'package.json': '{"dependencies":{"careless":"*","rejecting":"*"}}',
  'node_modules/rejecting/package.json': JSON.stringify({
    name: 'rejecting',
    type: 'module',
    exports: './main.js',
    switchyard: { backend: { id: 'rejecting', contract: 'v1', export: 'create' } },
  }),
  'node_modules/rejecting/main.js':
    'Promise.reject(new Error("left alone")); export const create = () => null;',
  'node_modules/careless/package.json': JSON.stringify({
    name: 'careless',
    type: 'module',
    exports: './main.js',
    switchyard: { backend: { id: 'careless', contract: 'v1', export: 'create' } },
  }),
  'node_modules/careless/main.js': 'process.dlopen({}, "/nowhere.node");',
});
const environment = { ...withoutSwitchyard(process.env), HOME: cwd, XDG_CONFIG_HOME: `${cwd}/.config` };
const words = (...argv: readonly string[]): string[] => ['--conditions=@switchyard/source', MAIN, ...argv];

function withoutSwitchyard(from: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(from).filter(([name]) => !/^(?:SWITCHYARD_|NODE_OPTIONS$)/.test(name)),
  );
}

function switchyard(...argv: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, words(...argv), { cwd, encoding: 'utf8', env: environment });
}

/** Runs the program with a preload that forbids native code and lists every module that is loaded. */
function watched(...argv: readonly string[]): {
  status: number | null;
  stdout: string;
  stderr: string;
  loaded: string;
} {
  const result = spawnSync(process.execPath, ['--import', WATCH, ...words(...argv)], {
    cwd,
    encoding: 'utf8',
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  return { ...result, loaded: String(result.output[3]) };
}

describe('a cold start', () => {
  const HEAVY =
    /node_modules\/(?:\.pnpm\/)?(?:sharp|@img|fflate|wavefile|onnxruntime|openvino-node|yocto-spinner|undici|yauzl|tar[@/])|\/packages\/onnx\/|\/cli\/src\/(?:inputs|outputs)\//;

  it.each([
    ['explain'],
    ['explain', '--plugin', 'careless'],
    ['devices'],
    ['config'],
    ['host'],
    ['complete', '--', ''],
    ['--help'],
  ])('%s %s loads nothing native and nothing heavy', (...argv) => {
    const { status, stdout, stderr, loaded } = watched(...argv);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).not.toBe('');
    expect(loaded).toContain('/cli/src/run-cli.ts');
    expect(loaded.split('\n').filter((url) => HEAVY.test(url))).toEqual([]);
  });

  it('explain of a model loads the reader of models and no engine', () => {
    const { status, loaded } = watched('explain', 'identity.onnx');
    expect(status).toBe(0);
    expect(loaded).toContain('/packages/onnx/');
    expect(loaded).not.toMatch(/onnxruntime|sharp/);
  });

  it('run loads what explain does not, so that the watch is one', () => {
    const { status, stderr, loaded } = watched(
      'run',
      'identity.onnx',
      '--input',
      '[1]',
      '--isolation',
      'inline',
    );
    expect(status).not.toBe(0);
    expect(stderr).toContain('forbidden');
    expect(loaded).toContain('onnxruntime');
  });

  it('a plugin that loads native code on import takes the blame for what comes of it', () => {
    const { status, stdout } = watched('explain', '--plugin', 'careless', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      selected: { backend: 'cpu' },
      candidates: expect.arrayContaining([
        expect.objectContaining({
          backend: 'careless',
          status: 'rejected',
          reasons: [expect.objectContaining({ code: 'plugin-bug' })],
        }),
      ]),
    });
  });
});

describe('the process', () => {
  it('outlives a plugin that leaves a rejected promise to itself', () => {
    const { status, stdout, stderr } = switchyard('explain', '--plugin', 'rejecting', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ selected: { backend: 'cpu' } });
    expect(stderr).toBe('warning: A promise was rejected and nobody looked: left alone\n');
  });

  it('ends with the status of the program', () => {
    expect(switchyard('explain').status).toBe(0);
    const refused = switchyard('explain', '--backend', 'mps', '--host', 'linux-plain');
    expect(refused.status).toBe(3);
    expect(switchyard('expalin').status).toBe(2);
    const ran = switchyard('run', 'identity.onnx', '--input', '[1, 2]');
    expect(ran).toMatchObject({ status: 0, stdout: 'y: float32 [2]\n  [1, 2]\n' });
  });

  it('is quiet when its reader leaves early', async () => {
    const child = spawn(process.execPath, words('host', '--json'), { cwd, env: environment });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout.destroy();
    const status = await new Promise((done) => child.once('close', done));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('ends at once when it is interrupted in the middle of a run, which a shell reports as 130', async () => {
    const forever = ['count=9000000000000000000', 'start=[0]', 'step=[1]'].flatMap((input) => [
      '--input',
      input,
    ]);
    const child = spawn(process.execPath, words('run', 'loop.onnx', ...forever), { cwd, env: environment });
    let stderr = '';
    await new Promise<void>((done) => {
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
        if (stderr.includes('backend=cpu')) done();
      });
      child.once('close', () => done());
    });
    // The engine is at work by now, and would be for ever.
    await delay(500);
    child.kill('SIGINT');
    const ended = await new Promise((done) =>
      child.once('close', (status, signal) => done({ status, signal })),
    );
    expect(stderr).toContain('backend=cpu');
    expect(ended).toEqual({ status: null, signal: 'SIGINT' });
  });
});
