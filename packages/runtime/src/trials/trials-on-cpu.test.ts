import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCpuBackend } from '@switchyard/backend-cpu';
import type { DeviceV1 } from '@switchyard/core';
import { addModel, identityModel, ifModel, loopModel, mlpModel } from '@switchyard/onnx/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCrashingBackend } from './__fixtures__/crashing-backend.ts';
import { calibrate } from './calibrate.ts';
import { runTrials } from './run-trials.ts';
import type { OpenForTrial, TrialResults } from './trial-types.ts';

const MODELS = path.resolve(import.meta.dirname, '../../../../../shared/models');
const absent = existsSync(MODELS) ? '' : ' (skipped: there is no ../shared/models beside the repository)';
const device: DeviceV1 = { id: 'cpu', name: 'CPU', kind: 'cpu', software: false };
const cpu = { backend: createCpuBackend(), device };
const open: OpenForTrial = (backend, model, context) => backend.doOpen(model, context);
// Whether the CPU is slower than itself depends on what else the machine does; parity does not.
const againstItself = (
  model: { path: string } | { bytes: Uint8Array; name: string },
): Promise<TrialResults> => runTrials({ candidate: cpu, reference: cpu, model, open, trials: ['parity'] });

describe('the CPU against itself, on the real engine', () => {
  it.each([
    ['add', addModel('float32', ['n'])],
    ['identity over int64', identityModel('int64', ['n', 3])],
    ['multi-layer perceptron', mlpModel()],
    ['If', ifModel()],
    ['Loop', loopModel()],
  ])('%s agrees', async (name, bytes) => {
    const { trials, notRun, figures } = await againstItself({ bytes, name });
    expect(notRun).toEqual([]);
    expect(trials).toMatchObject([{ trial: 'parity', passed: true }]);
    for (const output of figures.parity!.flatMap((one) => one.outputs)) {
      expect(output).toMatchObject({ agrees: true, maxAbsoluteError: 0 });
    }
  });

  it('its own nodes on the CPU are never taken for nodes on a device', async () => {
    const bytes = addModel('float32', ['n']);
    const { trials, notRun } = await runTrials({
      candidate: cpu,
      reference: cpu,
      model: { bytes, name: 'add' },
      open,
      trials: ['placement'],
    });
    expect(notRun).toEqual([]);
    expect(trials).toMatchObject([
      { passed: false, reason: { message: expect.stringMatching(/not running there: 0 of 1 nodes/) } },
    ]);
  });

  it('in processes of their own, all trials come to an end', async () => {
    const bytes = mlpModel();
    const results = await runTrials({
      candidate: cpu,
      reference: cpu,
      model: { bytes, name: 'mlp' },
      trials: ['parity', 'speed'],
    });
    expect(results.figures.notes).toEqual([]);
    expect(results.figures.parity!.every((one) => one.outputs.every((output) => output.agrees))).toBe(true);
    expect(results.figures.speed).toMatchObject({ candidate: { runs: 21 }, reference: { runs: 21 } });
    expect(results.trials.length + results.notRun.length).toBe(2);
  }, 60_000);
});

it('a crash ends the process of the trial and nothing else, and is a failure of parity', async () => {
  const { trials, notRun } = await runTrials({
    candidate: { backend: createCrashingBackend(), device },
    reference: cpu,
    model: { bytes: mlpModel(), name: 'mlp' },
    trials: ['parity', 'speed'],
  });
  expect(trials).toMatchObject([
    {
      trial: 'parity',
      passed: false,
      reason: {
        code: 'trial-parity',
        message: expect.stringMatching(/failed with batch 1.*process that ran the model .*SIGABRT/),
      },
    },
  ]);
  expect(notRun).toMatchObject([{ trial: 'speed' }]);
}, 60_000);

describe.skipIf(absent !== '')(`real models${absent}`, () => {
  it.each([
    'silero-vad/silero_vad_16k_op15.onnx',
    'silero-vad/silero_vad.onnx',
    'light/light_squeezenet.onnx',
  ])(
    '%s: inputs are found, and the CPU agrees with itself',
    async (file) => {
      const { trials, notRun, figures } = await againstItself({ path: path.join(MODELS, file) });
      expect(notRun).toEqual([]);
      expect(trials).toMatchObject([{ passed: true }]);
      expect(figures.cases.length).toBeGreaterThan(0);
    },
    60_000,
  );
});

describe('calibration on the real engine', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'switchyard-calibrate-'));
    await writeFile(path.join(folder, 'mlp.onnx'), mlpModel());
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('gives every figure', async () => {
    const model = { path: path.join(folder, 'mlp.onnx') };
    const { backends } = await calibrate({ model, subjects: [cpu], open, runs: 5 });
    expect(backends).toMatchObject([
      { backend: 'cpu', problem: null, runs: 5, executionProviders: ['CPUExecutionProvider'] },
    ]);
    const [only] = backends;
    expect(only!.p95Ms).toBeGreaterThanOrEqual(only!.p50Ms!);
    expect(only!.coldOpenMs).toBeGreaterThan(0);
    expect(only!.residentBytes.known).toBe(false);
  });

  it('a process of its own tells its memory on Linux', async () => {
    const model = { path: path.join(folder, 'mlp.onnx') };
    const { backends } = await calibrate({ model, subjects: [cpu], runs: 2 });
    expect(backends).toMatchObject([{ problem: null, runs: 2 }]);
    const { residentBytes } = backends[0]!;
    expect(residentBytes.known).toBe(process.platform === 'linux');
    if (residentBytes.known) expect(residentBytes.value).toBeGreaterThan(10 * 1024 * 1024);
  }, 60_000);
});
