import { existsSync } from 'node:fs';
import { EngineError, SettingsError, type DeviceV1, type OptionSpecV1 } from '@switchyard/core';
import { elfFile } from '@switchyard/core/testing';
import { addModel } from '@switchyard/onnx/testing';
import { findOrtPackage } from '@switchyard/ort-host';
import { describe, expect, it, vi } from 'vitest';
import { CUDA_SITUATIONS, cudaMachine, type CudaMachineParts } from './testing/index.ts';

const MODEL = { bytes: addModel(), name: 'add' };
const GPU: DeviceV1 = { id: 'cuda:0', name: 'GPU', kind: 'gpu', software: false };
const SOUND: CudaMachineParts = CUDA_SITUATIONS.find(({ name }) => name === 'everything in order')!;
const TENSORRT: CudaMachineParts = {
  tree: {
    ...SOUND.tree,
    '/usr/lib/x86_64-linux-gnu/libnvinfer.so.10': elfFile(),
    '/usr/lib/x86_64-linux-gnu/libnvonnxparser.so.10': elfFile(),
  },
};
const engine = findOrtPackage();
const complete = engine !== null && existsSync(`${engine.folder}/libonnxruntime_providers_cuda.so`);
const engineRefuses = process.platform === 'linux' && process.arch === 'x64' && !complete;

async function errorOf(
  parts: CudaMachineParts,
  options: Readonly<Record<string, boolean | number | string>>,
  device: DeviceV1 = GPU,
): Promise<EngineError> {
  await using machine = await cudaMachine(parts);
  const error: unknown = await machine.backend.doOpen(MODEL, { device, options }).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!EngineError.isInstance(error))
    throw new Error('Opening did not fail in the engine.', { cause: error });
  return error;
}

/** What the engine was last asked for, by a session that it then refused. */
async function askedFor(options: Readonly<Record<string, boolean | number | string>>): Promise<unknown> {
  await errorOf(SOUND, {});
  const { library } = (globalThis as unknown as Record<symbol, { library: { InferenceSession: Engine } }>)[
    Symbol.for('switchyard.onnxruntime')
  ]!;
  const create = vi.spyOn(library.InferenceSession, 'create');
  await errorOf(SOUND, options);
  const [asked] = create.mock.calls.at(-1)!.slice(1);
  create.mockRestore();
  return asked;
}

interface Engine {
  create(model: unknown, options: unknown): Promise<unknown>;
}

// An engine without its CUDA libraries refuses each session itself. What the shared
// options do once a session is open is shown with the CPU provider, in ort-host and backend-cpu.
describe.skipIf(!engineRefuses)('options', () => {
  it.each([
    ['intraOpThreads', 2, { intraOpNumThreads: 2 }],
    ['executionMode', 'parallel', { executionMode: 'parallel' }],
    ['graphOptimization', 'basic', { graphOptimizationLevel: 'basic' }],
    ['allowSpinning', false, { extra: { session: { intra_op: { allow_spinning: '0' } } } }],
    ['logSeverity', 'error', { logSeverityLevel: 3 }],
    ['strictProvider', true, { extra: { session: { disable_cpu_ep_fallback: '1' } } }],
    ['tensorrt', false, { executionProviders: [{ name: 'cuda', deviceId: 0 }] }],
  ])('%s = %j reaches the engine', async (name, value, expected) => {
    expect(await askedFor({ [name]: value })).toMatchObject({
      executionProviders: [{ name: 'cuda', deviceId: 0 }],
      ...expected,
    });
  });

  it('interOpThreads reaches the engine where it has an effect, and is refused elsewhere', async () => {
    const asked = await askedFor({ executionMode: 'parallel', interOpThreads: 3 });
    expect(asked).toMatchObject({ executionMode: 'parallel', interOpNumThreads: 3 });
    await using machine = await cudaMachine(SOUND);
    const open = machine.backend.doOpen(MODEL, { device: GPU, options: { interOpThreads: 3 } });
    await expect(open).rejects.toThrow(SettingsError);
  });

  it('every option is named above', async () => {
    await using machine = await cudaMachine(SOUND);
    expect(Object.keys(machine.backend.manifest.options).toSorted()).toEqual([
      'allowSpinning',
      'executionMode',
      'graphOptimization',
      'interOpThreads',
      'intraOpThreads',
      'logSeverity',
      'strictProvider',
      'tensorrt',
    ]);
  });

  it('a value of another type is refused for every option', async () => {
    await using machine = await cudaMachine(SOUND);
    for (const [name, { type }] of Object.entries<OptionSpecV1>(machine.backend.manifest.options)) {
      const wrong = type === 'boolean' ? 'yes' : type === 'enum' ? 'sideways' : 0;
      const open = machine.backend.doOpen(MODEL, { device: GPU, options: { [name]: wrong } });
      await expect(open, name).rejects.toThrow(SettingsError);
    }
  });
});

describe.skipIf(!engineRefuses)('tensorrt', () => {
  it('asks the engine for its TensorRT provider, which refuses in its own words', async () => {
    const cuda = await errorOf(TENSORRT, {});
    const tensorrt = await errorOf(TENSORRT, { tensorrt: true });
    expect(cuda.message).toMatch(/on the `cuda` provider/);
    expect(tensorrt.message).toMatch(/on the `tensorrt` provider: .*Tensorrt/i);
  });

  it('names what it lacks, which CUDA does not need', async () => {
    const { reason } = await errorOf(SOUND, { tensorrt: true });
    expect(reason).toMatchObject({
      code: 'runtime-library-missing',
      message:
        '`libonnxruntime_providers_tensorrt.so` needs `libnvinfer.so.10` and `libnvonnxparser.so.10` (TensorRT 10), and the dynamic loader finds none of them.',
      remedy:
        "Install from NVIDIA's package repository: `sudo apt-get install libnvinfer10 libnvonnxparsers10`.",
    });
    const tree = Object.fromEntries(
      Object.entries(SOUND.tree).filter(([file]) => !file.endsWith('providers_tensorrt.so')),
    );
    expect((await errorOf({ tree }, { tensorrt: true })).reason).toMatchObject({
      code: 'artifact-missing',
      message: expect.stringMatching(
        /without its TensorRT provider: `libonnxruntime_providers_tensorrt\.so` is not/,
      ),
    });
  });
});

describe.skipIf(!engineRefuses)('the number of the device', () => {
  it('reaches the engine', async () => {
    expect(await askedFor({})).toMatchObject({ executionProviders: [{ deviceId: 0 }] });
  });

  it.each(['cuda:1', 'cuda:7', 'cuda:99999999999'])(
    'is compared with the devices that there are: %s',
    async (id) => {
      const { reason } = await errorOf(SOUND, {}, { ...GPU, id });
      expect(reason).toMatchObject({
        code: 'device-unknown',
        message: `\`${id}\` is not a device of the \`cuda\` backend on this machine; it has \`cuda:0\`.`,
        remedy: 'Name one of them, as in --device cuda:0',
      });
    },
  );

  it('counts what CUDA_VISIBLE_DEVICES leaves', async () => {
    const environment = { CUDA_VISIBLE_DEVICES: 'GPU-5f0a1c2e' };
    const { reason } = await errorOf({ ...SOUND, environment }, {}, { ...GPU, id: 'cuda:1' });
    expect(reason.code).toBe('device-unknown');
    expect(reason.evidence).toContainEqual({
      path: 'variables.CUDA_VISIBLE_DEVICES',
      value: 'GPU-5f0a1c2e',
    });
  });
});
