import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evidenceProblem, type ConformanceEvidence } from '@switchyard/backend-conformance';
import { describe, expect, it } from 'vitest';
import { cli, temporaryFolder } from '../__fixtures__/cli.ts';

// What Node itself says where the package is not there.
const WITHOUT_KIT = `data:text/javascript,${encodeURIComponent(`
import { registerHooks } from 'node:module';
registerHooks({ resolve(specifier, context, next) {
  return next(specifier.startsWith('@switchyard/backend-conformance') ? '@switchyard/backend-conformance-that-is-not-there' : specifier, context);
} });`)}`;

describe('conformance', () => {
  it('without the kit says what installs it', () => {
    const cwd = temporaryFolder({ 'package.json': '{ "packageManager": "pnpm@12.0.0" }' });
    const ended = spawnSync(
      process.execPath,
      [
        '--conditions=@switchyard/source',
        '--import',
        WITHOUT_KIT,
        join(import.meta.dirname, '../main.ts'),
        'conformance',
        '--backend',
        'cpu',
      ],
      { cwd, encoding: 'utf8' },
    );
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain('`switchyard conformance` needs `@switchyard/backend-conformance`');
    expect(ended.stderr).toContain('pnpm add @switchyard/backend-conformance');
  });

  it('wants one backend by name, and one that is known', async () => {
    const cwd = temporaryFolder();
    const nobody = await cli(['conformance'], { cwd });
    expect(nobody).toMatchObject({ status: 2, stdout: '' });
    expect(nobody.stderr).toContain('Write --backend ID');
    const unknown = await cli(['conformance', '--backend', 'nobody'], { cwd });
    expect(unknown.status).toBe(2);
  });

  it.skipIf(process.platform === 'darwin')(
    'proves nothing where the device is missing, and says why',
    async () => {
      const run = await cli(['conformance', '--backend', 'mps-coreml', '--json'], { cwd: temporaryFolder() });
      expect(run.status).toBe(6);
      const evidence = JSON.parse(run.stdout) as ConformanceEvidence;
      expect(evidenceProblem(evidence)).toBeNull();
      expect(evidence).toMatchObject({ verdict: 'not-verified', device: null, parity: null, speed: null });
      expect(evidence.results.filter(({ status }) => status === 'failed')).toEqual([]);
      expect(evidence.results.find(({ id }) => id === 'K7.1')).toMatchObject({
        status: 'skipped',
        detail: expect.stringMatching(/^platform-unsupported: /) as string,
        instead: 'An exact request for `mps-coreml` is refused with `platform-unsupported`.',
      });
    },
    120_000,
  );

  it('runs every case, and writes evidence that holds and that names nobody', async () => {
    const cwd = temporaryFolder();
    const run = await cli(['conformance', '--backend', 'cpu', '--evidence', 'cpu.json'], { cwd });
    expect(run.stdout).toMatch(/^passed +K1\.1 /);
    expect(run.stdout).toMatch(
      /`cpu`: \d+ passed, 0 failed, 0 skipped\nVerdict: verified\nEvidence: `cpu\.json`, sha256:/,
    );
    expect(run.status).toBe(0);
    const text = readFileSync(join(cwd, 'cpu.json'), 'utf8');
    const evidence = JSON.parse(text) as ConformanceEvidence;
    expect(evidenceProblem(evidence)).toBeNull();
    expect(text).not.toContain(cwd);
    expect(evidence).toMatchObject({
      schema: 1,
      backend: { id: 'cpu', package: { name: '@switchyard/backend-cpu' }, engine: { name: 'onnxruntime' } },
      device: { id: 'cpu', kind: 'cpu' },
      verdict: 'verified',
      placement: { complete: true },
    });
    expect(evidence.speed?.candidate.runs).toBeGreaterThan(0);
    expect(evidence.parity?.every(({ agrees }) => agrees)).toBe(true);
  }, 300_000);
});
