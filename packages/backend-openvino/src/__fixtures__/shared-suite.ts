import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackendSessionV1, BackendV1, DeviceV1, OptionValuesV1, Tensor } from '@switchyard/core';
import { expect, it } from 'vitest';
import { LINUX } from './host.ts';
import {
  BOOLEAN,
  EXTERNAL_DATA,
  FLOAT16,
  IR,
  SUBTRACT,
  SUBTRACT_INT64,
  TWO_OUTPUTS,
  type TestModel,
} from './models.ts';
import { float32, int64, values } from './tensors.ts';

export const CPU: DeviceV1 = { id: 'openvino:CPU', name: 'CPU', kind: 'cpu', software: false };

/** Opens one of the test models from its bytes. */
export async function open(
  backend: BackendV1,
  model: TestModel,
  device: DeviceV1 = CPU,
  options: OptionValuesV1 = {},
): Promise<BackendSessionV1> {
  return backend.doOpen({ bytes: model.bytes, name: 'model.onnx' }, { device, options });
}

const LEFT = float32([2, 3], [10, 20, 30, 40, 50, 60]);
const RIGHT = float32([2, 3], [1, 2, 3, 4, 5, 6]);
const DIFFERENCE = [9, 18, 27, 36, 45, 54];

const BAD_FEEDS: readonly [string, string, Readonly<Record<string, Tensor>>][] = [
  ['a missing input', 'input-missing', { left: LEFT }],
  ['an unknown input', 'input-unknown', { left: LEFT, right: RIGHT, middle: LEFT }],
  ['another element type', 'input-dtype', { left: LEFT, right: { ...RIGHT, dtype: 'int32' } }],
  ['strings', 'input-dtype', { left: LEFT, right: { dtype: 'string', shape: [2, 3], strings: [] } }],
  ['another rank', 'input-rank', { left: LEFT, right: { ...RIGHT, shape: [6] } }],
  ['another dimension', 'input-shape', { left: LEFT, right: { ...RIGHT, shape: [3, 2] } }],
  ['too few bytes', 'input-shape', { left: LEFT, right: { ...RIGHT, bytes: RIGHT.bytes.subarray(4) } }],
];

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-openvino-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the backend has to do on the double and on the real OpenVINO alike. */
export function sharedSuite(backend: () => BackendV1): void {
  it('probes, and lists the CPU last', async () => {
    const result = await backend().doProbe({ host: LINUX });
    expect(result).toMatchObject({ ok: true });
    const devices = await backend().doDevices({ host: LINUX });
    expect(devices.at(-1)).toMatchObject({ id: 'openvino:CPU', kind: 'cpu', software: false });
  });

  it.each([
    ['left first', { left: LEFT, right: RIGHT }],
    ['right first', { right: RIGHT, left: LEFT }],
  ])('binds two inputs of a subtraction by name: %s', async (_, feeds) => {
    const session = await open(backend(), SUBTRACT);
    const results = await session.doRun(feeds);
    expect(values(results['difference'])).toEqual(DIFFERENCE);
    expect(results['difference']).toMatchObject({ dtype: 'float32', shape: [2, 3] });
    await session[Symbol.asyncDispose]();
  });

  it('describes inputs and outputs, and the device that it really uses', async () => {
    const session = await open(backend(), SUBTRACT_INT64);
    expect(session.inputs).toEqual([
      { name: 'left', dtype: 'int64', shape: [null] },
      { name: 'right', dtype: 'int64', shape: [null] },
    ]);
    expect(session.outputs).toEqual([{ name: 'difference', dtype: 'int64', shape: [null] }]);
    expect(session.executionProviders).toEqual(['CPU']);
    expect(session.device).toMatchObject({ id: 'openvino:CPU', kind: 'cpu' });
    await session[Symbol.asyncDispose]();
  });

  it('runs 64-bit integers at two sizes of a free dimension, an empty one included', async () => {
    const session = await open(backend(), SUBTRACT_INT64);
    const large = 2n ** 60n;
    const two = await session.doRun({ right: int64([2], [1n, 2n]), left: int64([2], [large, 5n]) });
    expect(values(two['difference'])).toEqual([large - 1n, 3n]);
    const one = await session.doRun({ left: int64([1], [7n]), right: int64([1], [9n]) });
    expect(values(one['difference'])).toEqual([-2n]);
    const none = await session.doRun({ left: int64([0], []), right: int64([0], []) });
    expect(none['difference']).toMatchObject({ shape: [0] });
    await session[Symbol.asyncDispose]();
  });

  it('takes bytes at an odd offset of a larger buffer, and copies them before it waits', async () => {
    const session = await open(backend(), SUBTRACT);
    const pool = new Uint8Array(64);
    const bytes = pool.subarray(3, 27);
    bytes.set(LEFT.bytes);
    const run = session.doRun({ left: { ...LEFT, bytes }, right: RIGHT });
    pool.fill(255);
    expect(values((await run)['difference'])).toEqual(DIFFERENCE);
    await session[Symbol.asyncDispose]();
  });

  it('keeps the results of earlier runs when it runs again', async () => {
    const session = await open(backend(), SUBTRACT);
    const runs = [LEFT, RIGHT, LEFT].map(async (left) => session.doRun({ left, right: RIGHT }));
    const results = await Promise.all(runs);
    expect(results.map((result) => values(result['difference']))).toEqual([DIFFERENCE, [0, 0, 0, 0, 0, 0], DIFFERENCE]);
    await session[Symbol.asyncDispose]();
  });

  it.each(BAD_FEEDS)('refuses %s with %s', async (_, code, feeds) => {
    const session = await open(backend(), SUBTRACT);
    await expect(session.doRun(feeds)).rejects.toMatchObject({ name: 'TensorError', code });
    const results = await session.doRun({ left: LEFT, right: RIGHT });
    expect(values(results['difference'])).toEqual(DIFFERENCE);
    await session[Symbol.asyncDispose]();
  });

  it('gives only the outputs that were asked for, and refuses unknown ones', async () => {
    const session = await open(backend(), TWO_OUTPUTS);
    const feeds = { left: float32([2], [1, 2]), right: float32([2], [10, 20]) };
    const both = await session.doRun(feeds);
    expect([values(both['sum']), values(both['negative'])]).toEqual([[11, 22], [-1, -2]]);
    expect(Object.keys(await session.doRun(feeds, { outputs: ['negative'] }))).toEqual(['negative']);
    const wrong = session.doRun(feeds, { outputs: ['product'] });
    await expect(wrong).rejects.toMatchObject({ code: 'output-unknown', tensor: 'product' });
    await session[Symbol.asyncDispose]();
  });

  it('says where the operations are', async () => {
    const session = await open(backend(), SUBTRACT);
    const placement = await session.doPlacement();
    expect(placement).toMatchObject({ complete: true, providers: [{ name: 'CPU' }] });
    expect(placement.source).toContain('queryModel');
    await session[Symbol.asyncDispose]();
  });

  it.each([
    ['float16', FLOAT16],
    ['bool', BOOLEAN],
  ])('refuses a model with %s inputs by name', async (dtype, model) => {
    const opening = open(backend(), model);
    await expect(opening).rejects.toMatchObject({ name: 'ModelError', code: 'model-unsupported' });
    await expect(opening).rejects.toThrow(dtype);
  });

  it('opens a file, and says what is wrong with one', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'switchyard-openvino-'));
    try {
      const path = join(directory, 'model.onnx');
      const context = { device: CPU, options: {} };
      await expect(backend().doOpen({ path }, context)).rejects.toMatchObject({ code: 'model-not-found' });
      writeFileSync(path, 'not a model');
      await expect(backend().doOpen({ path }, context)).rejects.toMatchObject({ code: 'model-invalid' });
      writeFileSync(path, SUBTRACT.bytes);
      const session = await backend().doOpen({ path }, context);
      expect(session.inputs.map((input) => input.name)).toEqual(['left', 'right']);
      await session[Symbol.asyncDispose]();
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it.each(['openvino:GPU.7', 'openvino:NPU.9999'])('never opens on another device: %s', async (id) => {
    const opening = open(backend(), SUBTRACT, { ...CPU, id });
    await expect(opening).rejects.toMatchObject({ name: 'EngineError', code: 'hardware-absent', backend: 'openvino' });
  });

  it.each(['cpu', 'openvino:', 'openvino:TPU', 'openvino:AUTO', 'openvino:HETERO:GPU,CPU'])('refuses a device that is not one: %s', async (id) => {
    const opening = open(backend(), SUBTRACT, { ...CPU, id });
    await expect(opening).rejects.toMatchObject({ name: 'EngineError', code: 'device-unknown' });
  });

  it('accepts its options on the CPU', async () => {
    const options = { performanceHint: 'LATENCY', numRequests: 1, numStreams: 1, inferenceNumThreads: 1, inferencePrecision: 'f32', executionMode: 'ACCURACY', enableCpuPinning: false };
    const session = await open(backend(), SUBTRACT, CPU, options);
    expect(values((await session.doRun({ left: LEFT, right: RIGHT }))['difference'])).toEqual(DIFFERENCE);
    await session[Symbol.asyncDispose]();
  });

  it('answers two hundred runs that were started at once, each with its own values', async () => {
    const session = await open(backend(), SUBTRACT);
    const asked = Array.from({ length: 200 }, (_, index) => float32([2, 3], [index, 1, 2, 3, 4, 5]));
    const runs = asked.map(async (left, index) =>
      session.doRun(index % 2 === 0 ? { left, right: RIGHT } : { right: RIGHT, left }),
    );
    const results = await Promise.all(runs);
    expect(results.map((result) => values(result['difference'])[0])).toEqual(asked.map((_, index) => index - 1));
    await session[Symbol.asyncDispose]();
  });

  it('opens OpenVINO IR with its weights, and refuses it with weights that are absent or cut off', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'model.xml');
      const weights = join(folder, 'model.bin');
      const context = { device: CPU, options: {} };
      writeFileSync(path, IR.xml);
      const absent = backend().doOpen({ path }, context);
      await expect(absent).rejects.toMatchObject({ name: 'ModelError', code: 'external-data-missing' });
      await expect(absent).rejects.toThrow('`model.bin` cannot be read (ENOENT)');
      writeFileSync(weights, IR.weights.subarray(4));
      await expect(backend().doOpen({ path }, context)).rejects.toThrow('has 4 bytes, and the model needs 8');
      writeFileSync(weights, IR.weights);
      const session = await backend().doOpen({ path }, context);
      const { difference } = await session.doRun({ value: float32([2], [10, 20]) });
      expect(values(difference)).toEqual([9, 18]);
      await session[Symbol.asyncDispose]();
      writeFileSync(path, '<html></html>');
      await expect(backend().doOpen({ path }, context)).rejects.toMatchObject({ code: 'model-invalid' });
    });
    const bytes = backend().doOpen(
      { bytes: Buffer.from(IR.xml), name: 'model.xml' },
      { device: CPU, options: {} },
    );
    await expect(bytes).rejects.toMatchObject({ code: 'model-unsupported' });
  });

  it('opens ONNX with a data file beside it, and says that it is missing', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'model.onnx');
      const context = { device: CPU, options: {} };
      writeFileSync(path, EXTERNAL_DATA.bytes);
      await expect(backend().doOpen({ path }, context)).rejects.toMatchObject({ code: 'external-data-missing' });
      writeFileSync(join(folder, EXTERNAL_DATA.dataFile), EXTERNAL_DATA.data);
      const session = await backend().doOpen({ path }, context);
      const { difference } = await session.doRun({ value: float32([2], [10, 20]) });
      expect(values(difference)).toEqual([9, 18]);
      await session[Symbol.asyncDispose]();
    });
  });

  it('refuses formats that it was never tried with', async () => {
    for (const extension of ['pb', 'tflite', 'pdmodel']) {
      const opening = backend().doOpen({ path: `/models/model.${extension}` }, { device: CPU, options: {} });
      await expect(opening).rejects.toMatchObject({ name: 'ModelError', code: 'model-unsupported' });
    }
  });

  it('keeps a compiled model where that was asked for, and finds it again', async () => {
    await inFolder(async (folder) => {
      const ended: string[] = [];
      for (const run of [1, 2]) {
        const phases: string[] = [];
        const session = await backend().doOpen(
          { bytes: SUBTRACT.bytes, name: 'model.onnx' },
          {
            device: CPU,
            options: { modelCache: true, modelCacheFolder: folder },
            onProgress: (phase) => phases.push(phase),
          },
        );
        expect(phases[1]).toBe(
          run === 1
            ? 'compiling for CPU, cached afterwards'
            : 'loading the model that is compiled for CPU already',
        );
        ended.push(phases.at(-1)!);
        expect(values((await session.doRun({ left: LEFT, right: RIGHT }))['difference'])).toEqual(DIFFERENCE);
        await session[Symbol.asyncDispose]();
      }
      expect(ended[0]).toMatch(/^compiled for CPU in \d+\.\d s$/);
      expect(ended[1]).toMatch(/^loaded for CPU from the cache in \d+\.\d s$/);
      expect(readdirSync(join(folder, 'openvino', 'work'))).toEqual([]);
    });
  });

  it('closes once: a second time does nothing, later calls are refused', async () => {
    const session = await open(backend(), SUBTRACT);
    const run = session.doRun({ left: LEFT, right: RIGHT });
    await session[Symbol.asyncDispose]();
    await session[Symbol.asyncDispose]();
    expect(values((await run)['difference'])).toEqual(DIFFERENCE);
    await expect(session.doRun({ left: LEFT, right: RIGHT })).rejects.toMatchObject({ code: 'session-closed' });
    await expect(session.doPlacement()).rejects.toMatchObject({ code: 'session-closed' });
  });

  it('aborts a run before and while it waits, and runs again afterwards', async () => {
    const session = await open(backend(), SUBTRACT);
    const feeds = { left: LEFT, right: RIGHT };
    await expect(session.doRun(feeds, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
    const controller = new AbortController();
    const first = session.doRun(feeds);
    const second = session.doRun(feeds, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(second).rejects.toMatchObject({ code: 'aborted', cause: { message: 'enough' } });
    expect(values((await first)['difference'])).toEqual(DIFFERENCE);
    expect(values((await session.doRun(feeds))['difference'])).toEqual(DIFFERENCE);
    await session[Symbol.asyncDispose]();
  });

  it('aborts an opening', async () => {
    const context = { device: CPU, options: {}, signal: AbortSignal.abort() };
    const opening = backend().doOpen({ bytes: SUBTRACT.bytes, name: 'model.onnx' }, context);
    await expect(opening).rejects.toMatchObject({ code: 'aborted' });
  });
}
