import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, temporaryFolder, type Outcome } from '../__fixtures__/cli.ts';
import { scriptedPlugin, type Behaviour } from '../__fixtures__/scripted-plugin.ts';
import type { BackendDiagnosis } from '../diagnosis/diagnose-backend.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';

const read = ({ stdout }: Outcome): Diagnosis => JSON.parse(stdout) as Diagnosis;
const of = (diagnosis: Diagnosis, id = 'acme-npu'): BackendDiagnosis =>
  diagnosis.backends.find(({ backend }) => backend === id)!;

async function diagnose(
  behaviour: Behaviour,
  ...words: readonly string[]
): Promise<{ readonly status: number; readonly diagnosis: Diagnosis; readonly acme: BackendDiagnosis }> {
  const outcome = await cli(['doctor', '--json', ...words], {
    cwd: temporaryFolder(scriptedPlugin(behaviour)),
  });
  const diagnosis = read(outcome);
  return { status: outcome.status, diagnosis, acme: of(diagnosis) };
}

describe('doctor', () => {
  it('tries every backend, and says what each level took', async () => {
    const { status, diagnosis, acme } = await diagnose('good');
    expect(status).toBe(0);
    expect(diagnosis).toMatchObject({ schema: 1, ok: true, selected: { backend: 'acme-npu' } });
    expect(diagnosis.machine).toMatch(new RegExp(`Node ${process.versions.node}$`));
    for (const one of [acme, of(diagnosis, 'cpu')]) {
      expect(one).toMatchObject({
        health: 'works',
        problem: null,
        enabled: true,
        probe: { state: 'probed', status: 'ok' },
      });
      if (one.probe.state === 'skipped') throw new Error('It was not tried.');
      expect(one.probe.levels.map(({ level }) => level)).toEqual([
        'artifacts',
        'module',
        'engine',
        'devices',
        'model',
        'placement',
      ]);
      for (const { durationMs } of one.probe.levels) expect(durationMs).toBeGreaterThanOrEqual(0);
    }
    const away = process.platform === 'darwin' ? 'cuda' : 'mps-coreml';
    expect(of(diagnosis, away)).toMatchObject({
      health: 'unavailable',
      problem: { code: 'platform-unsupported' },
    });
  });

  it.each([
    [
      'crashing',
      {
        health: 'broken',
        problem: { code: 'probe-crashed' },
        probe: { status: 'crashed', signal: 'SIGSEGV' },
      },
    ],
    [
      'without-file',
      { health: 'broken', problem: { code: 'artifact-missing' }, todo: ['npm rebuild acme-npu'] },
    ],
  ] as const)(
    'a %s backend that may be chosen makes the status 3, with what to do',
    async (behaviour, expected) => {
      const { status, diagnosis, acme } = await diagnose(behaviour);
      expect(status).toBe(3);
      expect(diagnosis.ok).toBe(false);
      expect(diagnosis.summary).toMatch(/would run on `cpu`.*Enabled and broken: `acme-npu`\.$/);
      expect(acme).toMatchObject(expected);
    },
  );

  it('a driver that is too old is named; a backend that works in spite of it is no fault', async () => {
    const told = await diagnose('old-driver', '--no-probe');
    expect(told).toMatchObject({
      status: 3,
      acme: { health: 'broken', libraries: [{ code: 'driver-mismatch' }], todo: ['Update the driver.'] },
    });
    const tried = await diagnose('old-driver');
    expect(tried).toMatchObject({ status: 0, acme: { health: 'works' } });
  });

  it('a broken backend that nobody may choose does not count, and is not started when it is disabled', async () => {
    const { status, acme } = await diagnose('crashing', '--disable', 'acme-npu');
    expect({ status, health: acme.health, state: acme.probe.state }).toEqual({
      status: 0,
      health: 'disabled',
      state: 'skipped',
    });
  });

  it('an emulation works, and is all the same named as one', async () => {
    const { status, diagnosis, acme } = await diagnose('software');
    expect({ status, selected: diagnosis.selected?.backend }).toEqual({ status: 0, selected: 'cpu' });
    expect(acme).toMatchObject({ health: 'works', problem: { code: 'software-device' } });
  });

  it('ends with 3 for a backend that was named and is not for this machine', async () => {
    const named = process.platform === 'darwin' ? 'cuda' : 'mps';
    const { status, diagnosis } = await diagnose('good', '--backend', named, '--no-probe');
    expect(status).toBe(3);
    expect(diagnosis).toMatchObject({ ok: false, selected: null, refusal: { code: 'platform-unsupported' } });
  });

  it('starts nothing with --no-probe', async () => {
    const { acme } = await diagnose('crashing', '--no-probe');
    expect(acme).toMatchObject({ health: 'unproven', probe: { state: 'skipped' } });
  });

  it('warns of two versions of the engine, with both paths', async () => {
    const cwd = temporaryFolder({
      'package.json': '{"dependencies":{"old-engine":"npm:onnxruntime-node@1.24.3"}}',
      'node_modules/old-engine/package.json': '{"name":"onnxruntime-node","version":"1.24.3"}',
    });
    const { warnings, engines } = read(await cli(['doctor', '--no-probe', '--json'], { cwd }));
    expect(engines).toHaveLength(2);
    const [warning] = warnings;
    expect(warning?.message).toMatch(/2 versions of onnxruntime-node/);
    for (const { path, version } of engines) expect(warning?.message).toContain(`${version} in \`${path}\``);
    expect(warning?.remedy).toMatch(/\S/);
  });

  it('names what keeps install scripts from running where their files are missing', async () => {
    const cwd = temporaryFolder({ ...scriptedPlugin('without-file'), '.npmrc': 'ignore-scripts=true\n' });
    const { warnings } = read(await cli(['doctor', '--no-probe', '--json'], { cwd }));
    expect(warnings.map(({ message }) => message).join()).toMatch(
      /missing for .*`acme-npu` \(Acme library\).*`ignore-scripts=true`/,
    );
    const sound = temporaryFolder({ ...scriptedPlugin('good'), '.npmrc': 'ignore-scripts=true\n' });
    const { warnings: others } = read(
      await cli(['doctor', '--no-probe', '--json', '--disable', 'openvino'], { cwd: sound }),
    );
    expect(others.map(({ message }) => message).join()).not.toMatch(/acme-npu/);
  });

  it('prints a document without home directory, user and secrets', async () => {
    const cwd = temporaryFolder(scriptedPlugin('crashing'));
    const { stdout } = await cli(['doctor', '--json', '--plugin', 'acme-npu'], {
      cwd,
      environment: { USER: 'annabel', ORT_SECRET_TOKEN: 'hunter22', CUDA_HOME: join(cwd, 'annabel') },
    });
    expect(stdout).not.toContain(cwd);
    expect(stdout).not.toContain('annabel');
    expect(stdout).not.toContain('hunter22');
    expect(stdout).not.toContain('abcdef0123456789');
    if (homedir().length > 3) expect(stdout).not.toContain(`${homedir()}/`);
    expect(JSON.parse(stdout)).toMatchObject({ host: { variables: { CUDA_HOME: '~/[user]' } } });
  });

  it('says everything in text', async () => {
    const { stdout } = await cli(['doctor'], { cwd: temporaryFolder(scriptedPlugin('crashing')) });
    expect(stdout).toMatch(/^switchyard \S+ on .*, Node /);
    expect(stdout).toMatch(/^acme-npu: broken {2}\[acme-npu@1\.2\.3, enabled\]$/m);
    expect(stdout).toMatch(/^ {2}why +probe-crashed: /m);
    expect(stdout).toMatch(/^ {2}files +1 of 1 there$/m);
    expect(stdout).toMatch(/^ {2}probe +crashed in \d+ ms: artifacts .*, engine crashed (?:\d+|<1) ms$/m);
    expect(stdout).toMatch(/^ {2}signal +SIGSEGV$/m);
    expect(stdout).toMatch(/^Not well\. A model would run on `cpu`/m);
  });
});
