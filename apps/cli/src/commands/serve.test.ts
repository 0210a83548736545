import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { identityModel } from '@switchyard/onnx/testing';
import { cli, temporaryFolder } from '../__fixtures__/cli.ts';

// What Node itself says where the package is not there.
const WITHOUT_SERVER = `data:text/javascript,${encodeURIComponent(`
import { registerHooks } from 'node:module';
registerHooks({ resolve(specifier, context, next) {
  return next(specifier.startsWith('@switchyard/server') ? '@switchyard/server-that-is-not-there' : specifier, context);
} });`)}`;

describe('serve', () => {
  it.each([
    ['{}', 'npm install @switchyard/server'],
    ['{ "packageManager": "pnpm@12.0.0" }', 'pnpm add @switchyard/server'],
  ])('without the server in a project %s says what installs it', (manifest, command) => {
    const cwd = temporaryFolder({ 'package.json': manifest, 'm.onnx': identityModel() });
    const main = join(import.meta.dirname, '../main.ts');
    const run = (...argv: readonly string[]) =>
      spawnSync(
        process.execPath,
        ['--conditions=@switchyard/source', '--import', WITHOUT_SERVER, main, ...argv],
        {
          cwd,
          encoding: 'utf8',
        },
      );
    const ended = run('serve', 'm.onnx');
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain(
      '`switchyard serve` needs `@switchyard/server`, which is not installed here.',
    );
    expect(ended.stderr).toContain(command);
    expect(run('complete', '--', 'serve', '--http').stdout).toBe(':none\n');
    expect(run('help', 'serve').stdout).toContain('@switchyard/server');
  });

  it('prints the flags of the server under the name that was typed', async () => {
    const { status, stdout } = await cli(['serve', '--help'], { cwd: temporaryFolder() });
    expect(status).toBe(0);
    expect(stdout).toContain('Usage: switchyard serve MODELS...');
    expect(stdout).toContain('--http-port <port>');
  });

  it('refuses what the server does not understand, as the server says it', async () => {
    const cwd = temporaryFolder();
    const unknown = await cli(['--quiet', 'serve', 'm.onnx', '--htp-port', '1'], { cwd });
    expect(unknown).toMatchObject({ status: 2, stdout: '' });
    expect(unknown.stderr).toBe(
      'error: `switchyard serve` has no flag `--htp-port`. Did you mean `--http-port`?\n',
    );
    expect(await cli(['serve'], { cwd })).toMatchObject({ status: 2 });
    const missing = await cli(['serve', 'nowhere.onnx', '--check'], { cwd });
    expect(missing.status).toBe(4);
    expect(missing.stderr).toContain('nowhere.onnx');
  });

  it('checks models with the backends and the words of this program', async () => {
    const cwd = temporaryFolder({ 'm.onnx': identityModel() });
    const checked = await cli(['--backend', 'cpu', 'serve', 'm.onnx', '--check', '--json', '--no-cache'], {
      cwd,
    });
    expect(checked.status).toBe(0);
    expect(JSON.parse(checked.stdout)).toMatchObject({
      addresses: { http: null, grpc: null, metrics: null },
      ready: true,
      models: [{ name: 'm', version: '1', state: 'READY', backend: 'cpu', device: 'cpu' }],
    });
    const disabled = await cli(['serve', 'm.onnx', '--check', '--no-use-cpu', '--no-cache'], { cwd });
    expect(disabled.status).toBe(4);
  });

  it('completes flags and words of the server', async () => {
    const cwd = temporaryFolder();
    const flags = await cli(['complete', '--', 'serve', '--http'], { cwd });
    expect(flags.stdout).toMatch(/^--http-port\t/);
    const words = await cli(['complete', '--', 'serve', '--log-format', ''], { cwd });
    expect(words.stdout).toBe('json\t\ntext\t\n:none\n');
    const selection = await cli(['complete', '--', 'serve', '--backend', 'cp'], { cwd });
    expect(selection.stdout).toContain('cpu');
  });
});
