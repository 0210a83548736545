import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EngineError, ModelError, makeTensor, tensorValues } from '@switchyard/core';
import { buildModel, identityModel, mlpModel } from '@switchyard/onnx/testing';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openModel } from './__fixtures__/open-model.ts';
import { openOrtSession, type OrtOpenRequest } from './open-ort-session.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ort-host-'));
afterAll(() => rmSync(folder, { recursive: true }));

const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
beforeEach(() => warn.mockClear());
// The binding drops what it does not know with a warning and goes on; nothing may ever get that far.
afterEach(() => expect(warn).not.toHaveBeenCalled());

function file(name: string, bytes: Uint8Array): string {
  const target = path.join(folder, name);
  writeFileSync(target, bytes);
  return target;
}

const float = { dtype: 'float32', shape: ['n'] } as const;
const oneNode = (node: object, model: object = {}): Uint8Array =>
  buildModel({
    inputs: [{ name: 'x', ...float }],
    outputs: [{ name: 'y', ...float }],
    nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'], ...node }],
    ...model,
  });
const withExternal = (location: string): Uint8Array =>
  buildModel({
    inputs: [{ name: 'x', dtype: 'float32', shape: [4] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [4] }],
    nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
    initializers: [
      { name: 'w', dtype: 'float32', shape: [4], external: { location, offset: 0, length: 16 } },
    ],
  });
const borders = (dtype: 'bfloat16' | 'int4' | 'uint4'): Uint8Array =>
  buildModel({
    opset: 21,
    irVersion: 10,
    inputs: [{ name: 'x', ...float }],
    outputs: [{ name: 'y', dtype, shape: ['n'] }],
    nodes:
      dtype === 'bfloat16'
        ? [{ op: 'Cast', inputs: ['x'], outputs: ['y'], attributes: { to: { int: 16 } } }]
        : [{ op: 'QuantizeLinear', inputs: ['x', 's', 'z'], outputs: ['y'] }],
    ...(dtype === 'bfloat16'
      ? {}
      : {
          initializers: [
            { name: 's', dtype: 'float32', shape: [], data: [1] },
            { name: 'z', dtype, shape: [], data: [0] },
          ],
        }),
  });
const noise = Uint8Array.from({ length: 1000 }, (_, index) => (index * 7919 + 13 * index * index) & 255);

describe('models at fault', () => {
  const model = mlpModel();
  it.each([
    ['an absent file', () => path.join(folder, 'absent.onnx'), 'model-not-found', /does not exist/],
    ['a folder', () => folder, 'model-unreadable', /is no file/],
    ['an empty file', () => file('empty.onnx', new Uint8Array()), 'model-invalid', /is empty/],
    ['no bytes', () => new Uint8Array(), 'model-invalid', /`test` is empty/],
    [
      'half a file',
      () => file('half.onnx', model.subarray(0, model.length / 2)),
      'model-invalid',
      /Protobuf parsing failed/,
    ],
    ['half the bytes', () => model.subarray(0, model.length / 2), 'model-invalid', /protobuf parsing failed/],
    ['noise in a file', () => file('noise.onnx', noise), 'model-invalid', /Protobuf parsing failed/],
    ['noise', () => noise, 'model-invalid', /protobuf parsing failed/],
    ['a missing edge', () => oneNode({ inputs: ['other'] }), 'model-invalid', /'other' is not a graph input/],
    [
      'an unknown operator',
      () => oneNode({ op: 'Frobnicate' }),
      'model-unsupported',
      /No Op registered for Frobnicate/,
    ],
    [
      'an unknown domain',
      () => oneNode({ op: 'Foo', domain: 'acme' }, { opset: { '': 17, acme: 1 } }),
      'model-unsupported',
      /acme:Foo/,
    ],
    [
      'a layout that kernels lack',
      () =>
        buildModel({
          inputs: ['x', 'w', 'r'].map((name) => ({ name, dtype: 'float32', shape: [1, 1, 1] })),
          outputs: [{ name: 'y', dtype: 'float32' }],
          nodes: [
            {
              op: 'RNN',
              inputs: ['x', 'w', 'r'],
              outputs: ['y'],
              attributes: { hidden_size: { int: 1 }, layout: { int: 1 } },
            },
          ],
        }),
      'model-unsupported',
      /Batchwise recurrent operations/,
    ],
    [
      'a locale that no machine has',
      () =>
        buildModel({
          inputs: [{ name: 'x', dtype: 'string', shape: [1] }],
          outputs: [{ name: 'y', dtype: 'string' }],
          nodes: [
            {
              op: 'StringNormalizer',
              inputs: ['x'],
              outputs: ['y'],
              attributes: { case_change_action: { string: 'LOWER' }, locale: { string: 'xx_YY.UTF-8' } },
            },
          ],
        }),
      'model-unsupported',
      /xx_YY.*Install the locale/s,
    ],
    ['an opset from the future', () => oneNode({}, { opset: 99 }), 'model-unsupported', /Opset 99/],
    ['a format from the future', () => oneNode({}, { irVersion: 99 }), 'model-unsupported', /IR version: 99/],
    ['a bfloat16 output', () => borders('bfloat16'), 'model-unsupported', /Unsupported data type: 16/],
    [
      'an int4 output',
      () => borders('int4'),
      'model-unsupported',
      /output `y` of `test` is a tensor of int4/,
    ],
    [
      'a uint4 output',
      () => borders('uint4'),
      'model-unsupported',
      /output `y` of `test` is a tensor of uint4/,
    ],
    [
      'a sequence',
      () =>
        oneNode({ op: 'SequenceConstruct' }, { outputs: [{ name: 'y', sequence: { dtype: 'float32' } }] }),
      'model-unsupported',
      /output `y` of `test` is no tensor/,
    ],
    [
      'absent external data',
      () => file('ext.onnx', withExternal('absent.bin')),
      'external-data-missing',
      /does not exist/,
    ],
    [
      'external data outside',
      () => file('out.onnx', withExternal('../out.bin')),
      'external-data-outside',
      /escapes model directory/,
    ],
    [
      'external data that is too short',
      () => {
        file('short.bin', new Uint8Array(4));
        return file('short.onnx', withExternal('short.bin'));
      },
      'external-data-missing',
      /out of bounds/,
    ],
  ])('%s', async (_, source, code, message) => {
    const error = await openModel(source()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    if (/ONNX Runtime could not open/.test((error as Error).message))
      expect((error as Error).cause).toBeInstanceOf(Error);
  });
});

it('opens a file with the data beside it', async () => {
  file('weights.bin', (makeTensor('float32', [4], [1, 2, 3, 4]) as { bytes: Uint8Array }).bytes);
  const session = await openModel(file('good.onnx', withExternal('weights.bin')));
  const { y } = await session.doRun({ x: makeTensor('float32', [4], [1, 1, 1, 1]) });
  expect(tensorValues(y!)).toEqual([2, 3, 4, 5]);
});

it.each(['disabled', 'all'])(
  'reads nothing from the working directory for a model in memory (%s)',
  async (graphOptimization) => {
    // The tests run in this package's folder, where the engine would find the file.
    expect(existsSync('package.json')).toBe(true);
    await expect(openModel(withExternal('package.json'), { graphOptimization })).rejects.toMatchObject({
      code: 'external-data-missing',
      message: expect.stringMatching(/does not exist.* open the model by its path/),
    });
  },
);

it('opens bytes at an offset and in shared memory', async () => {
  const model = identityModel();
  const shared = new Uint8Array(new SharedArrayBuffer(model.length + 1), 1);
  shared.set(model);
  const moved = new Uint8Array(model.length + 1).subarray(1);
  moved.set(model);
  for (const bytes of [shared, moved]) {
    const session = await openModel(bytes);
    expect(session.outputs).toEqual([{ name: 'y', dtype: 'float32', shape: ['n'] }]);
  }
});

const request = (provider: OrtOpenRequest['provider']): OrtOpenRequest => ({
  backend: 'test',
  model: { bytes: identityModel(), name: 'test' },
  provider,
  device: { id: 'test:0', name: 'Test', kind: 'gpu', software: false },
  session: {},
});

describe('providers', () => {
  it.runIf(process.platform !== 'darwin')(
    'refuses one that the build lacks, before the engine sees it',
    async () => {
      const error = await openOrtSession(request({ name: 'coreml' })).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(EngineError);
      expect(error).toMatchObject({ code: 'platform-unsupported', backend: 'test' });
      expect((error as Error).message).toMatch(/built without the `coreml` provider; it has `cpu`/);
    },
  );

  it.runIf(process.platform === 'linux' && process.arch === 'x64')(
    'names the missing library of one that is built in but not installed',
    async () => {
      const error = await openOrtSession(request({ name: 'tensorrt' })).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'artifact-missing',
        message: expect.stringMatching(/Failed to load shared library/),
      });
    },
  );

  it('refuses an aborted request', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const opening = openOrtSession({ ...request({ name: 'cpu' }), signal });
    await expect(opening).rejects.toMatchObject({
      code: 'aborted',
      backend: 'test',
      cause: new Error('enough'),
    });
  });
});
