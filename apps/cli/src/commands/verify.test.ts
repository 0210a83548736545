import { existsSync } from 'node:fs';
import { readHostFacts } from '@switchyard/core/host';
import { buildModel, identityModel } from '@switchyard/onnx/testing';
import { describe, expect, it } from 'vitest';
import { cli, temporaryFolder, type Outcome } from '../__fixtures__/cli.ts';
import { scriptedPlugin, type Behaviour } from '../__fixtures__/scripted-plugin.ts';
import type { Verification } from '../verification/verification.ts';

const model = identityModel('float32', ['batch', 4]);
const project = (behaviour: Behaviour): string =>
  temporaryFolder({ ...scriptedPlugin(behaviour), 'identity.onnx': model });
const verify = (cwd: string, ...words: readonly string[]): Promise<Outcome> =>
  cli(['verify', 'identity.onnx', ...words], { cwd });
const read = ({ stdout }: Outcome): Verification => JSON.parse(stdout) as Verification;

describe('verify', () => {
  it.each([
    ['wrong', 'parity', /differs in \d+ of \d+ elements/],
    ['wrong-batch', 'parity', /With batch 3: The output `y` differs/],
    ['on-cpu', 'placement', /not running there/],
    ['slow', 'speed', /times the CPU/],
  ] as const)('refutes a backend that is %s in the %s trial', async (behaviour, trial, detail) => {
    const outcome = await verify(project(behaviour), '--backend', 'acme-npu', '--json');
    const { verdict, trials, selection } = read(outcome);
    expect({ status: outcome.status, verdict }).toEqual({ status: 6, verdict: 'failed' });
    expect(trials.find(({ state }) => state === 'failed')).toMatchObject({
      trial,
      detail: expect.stringMatching(detail),
    });
    expect(selection.refusal?.code).toBe(`trial-${trial}`);
  });

  it('shows placement, the error of every output, and the trials', async () => {
    const { stdout, status } = await verify(project('wrong-batch'), '--backend', 'acme-npu');
    expect(status).toBe(6);
    expect(stdout).toMatch(/^Backend: {2}acme-npu on Acme NPU \(acme-npu:0\)$/m);
    expect(stdout).toMatch(/^ {2}AcmeExecutionProvider {2}1 +100\.0 % +Identity 1$/m);
    expect(stdout).toMatch(/^ {2}batch 1 +y +float32 \[1, 4\] +0 +0 +1\.000000 +agrees$/m);
    expect(stdout).toMatch(/^ {2}batch 3 +y +float32 \[3, 4\] +0\.5 /m);
    expect(stdout).toMatch(/^Verdict: failed\. `acme-npu` with this model on Acme NPU failed: parity\.$/m);
  });

  it('uses the inputs that are given, and remembers what it found', async () => {
    const cwd = project('good');
    const outcome = await verify(cwd, '--backend', 'acme-npu', '--input', 'x=[[1,2,3,4]]', '--json');
    const { inputs, trials, placement, cases } = read(outcome);
    expect(inputs).toBe('given');
    expect(cases[0]?.shapes).toEqual({ x: [1, 4] });
    expect(placement?.providers[0]?.operators).toEqual({ Identity: 1 });
    expect(trials.slice(0, 2)).toMatchObject([
      { trial: 'placement', state: 'passed' },
      { trial: 'parity', state: 'passed' },
    ]);
    const explained = await cli(['explain', 'identity.onnx'], { cwd });
    expect(explained.stdout).toMatch(/trial parity: passed \(\S+Z, (?:just now|\d+ seconds? ago)\): /);
  });

  it('says that cpu is what others are compared with, and where its nodes ran', async () => {
    const cwd = temporaryFolder({ 'identity.onnx': model });
    const outcome = await verify(cwd, '--backend', 'cpu', '--json');
    expect(outcome.status).toBe(0);
    expect(read(outcome)).toMatchObject({
      verdict: 'passed',
      backend: 'cpu',
      trials: [{ trial: 'parity', state: 'passed' }],
      placement: { complete: true, providers: [{ name: 'CPUExecutionProvider', nodes: 1 }] },
    });
  });

  it('ends with 3 where selection refuses, with the reason of the probe', async () => {
    const crashed = await verify(project('crashing'), '--backend', 'acme-npu');
    expect(crashed).toMatchObject({ status: 3, stdout: '' });
    expect(crashed.stderr).toMatch(/SIGSEGV/);
    const absent = await verify(project('good'), '--backend', 'mps');
    expect(absent.status).toBe(3);
    const without = await verify(project('good'), '--backend', 'acme-npu', '--disable', 'cpu');
    expect(without.status).toBe(2);
    expect(without.stderr).toContain('compares with `cpu`, which `--disable cpu` forbids');
  });
});

describe('run', () => {
  it('moves to the next backend when trials refute the first, and does not repeat them', async () => {
    const cwd = project('wrong');
    const words = ['run', 'identity.onnx', '--input', 'x=[[1,2,3,4]]', '--json'];
    const first = await cli(words, { cwd });
    const second = await cli(words, { cwd });
    for (const { status, stdout } of [first, second]) {
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        selection: { selected: { backend: 'cpu' }, degraded: true },
      });
    }
    const whenOf = ({ stdout }: Outcome): unknown =>
      (JSON.parse(stdout) as { selection: Verification['selection'] }).selection.candidates
        .find(({ backend }) => backend === 'acme-npu')
        ?.trials?.map(({ when }) => when);
    expect(whenOf(second)).toEqual(whenOf(first));
    const off = await cli([...words, '--trials', 'off'], { cwd });
    expect(JSON.parse(off.stdout)).toMatchObject({ selection: { selected: { backend: 'acme-npu' } } });
  });

  it('refuses what was named and fails with --verify', async () => {
    const words = ['run', 'identity.onnx', '--input', 'x=[[1,2,3,4]]', '--backend', 'acme-npu'];
    const cwd = project('wrong');
    expect((await cli(words, { cwd })).status).toBe(0);
    const { status, stderr } = await cli([...words, '--verify'], { cwd });
    expect(status).toBe(3);
    expect(stderr).toMatch(/failed the parity trial/);
  });

  it('outlives an engine that ends its process', async () => {
    const words = ['run', 'identity.onnx', '--input', 'x=[[1,2,3,4]]', '--backend', 'acme-npu'];
    const { status, stdout, stderr } = await cli(words, { cwd: project('crashing-run') });
    expect({ status, stdout }).toEqual({ status: 5, stdout: '' });
    expect(stderr).toMatch(/SIGABRT/);
  });

  it.each(['inline', 'thread', 'process'])('runs with --isolation %s', async (kind) => {
    const words = ['run', 'identity.onnx', '--input', 'x=[[1,2,3,4]]', '--isolation', kind];
    expect(await cli(words, { cwd: project('good') })).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('[1, 2, 3, 4]'),
    });
  });
});

const { vulkanDrivers } = await readHostFacts();
const emulated =
  vulkanDrivers.known && vulkanDrivers.value.length === 1 && vulkanDrivers.value[0]?.software === true;
const skipped = emulated ? '' : ' (skipped: scripts/install-software-vulkan.sh brings one)';

/** An `If` with a determinant, for which WebGPU has no kernel, in one branch. */
function determinantInBranch(): Uint8Array {
  const scalar = { dtype: 'float32', shape: [] } as const;
  const branch = (name: string, node: object) => ({
    graph: {
      name,
      outputs: [{ name, ...scalar }],
      nodes: [{ op: '', inputs: ['x'], outputs: [name], ...node }],
    },
  });
  return buildModel({
    inputs: [
      { name: 'condition', dtype: 'bool', shape: [] },
      { name: 'x', dtype: 'float32', shape: [2, 2] },
    ],
    outputs: [{ name: 'y', ...scalar }],
    nodes: [
      {
        op: 'If',
        inputs: ['condition'],
        outputs: ['y'],
        attributes: {
          then_branch: branch('positive', { op: 'Det' }),
          else_branch: branch('negative', { op: 'ReduceSum', attributes: { keepdims: { int: 0 } } }),
        },
      },
    ],
  });
}

describe.skipIf(!emulated)(`webgpu on an emulation${skipped}`, () => {
  const cwd = temporaryFolder({ 'identity.onnx': model, 'branch.onnx': determinantInBranch() });
  // The machine is seen through the variables of the program, not through those of the tests.
  const environment = Object.fromEntries(
    ['VK_DRIVER_FILES', 'LD_LIBRARY_PATH'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  const onEmulation = (words: readonly string[]): Promise<Outcome> => cli(words, { cwd, environment });

  it('is not chosen when it is enabled, and runs when it is named, which says that it is software', async () => {
    const enabled = await onEmulation(['explain', '--enable', 'webgpu', '--json']);
    expect(JSON.parse(enabled.stdout)).toMatchObject({
      selected: { backend: 'cpu' },
      candidates: expect.arrayContaining([
        expect.objectContaining({
          backend: 'webgpu',
          status: 'rejected',
          reasons: [expect.objectContaining({ code: 'software-device' })],
        }),
      ]),
    });
    const words = ['run', 'identity.onnx', '--input', 'x=[[1,2,3,4]]', '--backend', 'webgpu', '--json'];
    const named = await onEmulation(words);
    expect(JSON.parse(named.stdout)).toMatchObject({
      device: { id: 'webgpu:0', kind: 'cpu', software: true },
      outputs: { y: { values: [1, 2, 3, 4] } },
    });
  });

  it('is refused under --strict for an `If` whose branch runs on the CPU', async () => {
    const words = ['branch.onnx', '--backend', 'webgpu', '--strict'];
    const ran = await onEmulation(['run', ...words, '--input', 'condition=true', '--input', 'x=ones']);
    expect(ran.status).not.toBe(0);
    expect(ran.stderr).toMatch(/would run on `CPUExecutionProvider`[^]*Det/);
    const verified = await onEmulation(['verify', ...words, '--json']);
    expect(verified.status).toBe(6);
    expect(read(verified).trials[0]).toMatchObject({
      trial: 'placement',
      state: 'failed',
      detail: expect.stringMatching(/Det/),
    });
  });

  const silero = new URL('../../../../../shared/models/silero-vad/silero_vad_16k_op15.onnx', import.meta.url);
  it.skipIf(!existsSync(silero))('reports nodes on both providers, with operators and time', async () => {
    const words = ['verify', silero.pathname, '--backend', 'webgpu', '--json'];
    const { placement, device, trials } = read(await onEmulation(words));
    expect(device.software).toBe(true);
    expect(placement?.providers.map(({ name }) => name)).toEqual([
      'WebGpuExecutionProvider',
      'CPUExecutionProvider',
    ]);
    for (const { nodes, timeShare, operators } of placement!.providers) {
      expect(nodes).toBeGreaterThan(0);
      expect(timeShare).toBeGreaterThan(0);
      expect(Object.keys(operators ?? {}).length).toBeGreaterThan(3);
    }
    expect(trials[1]).toMatchObject({ trial: 'parity', state: 'passed' });
  });
});
