import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from './__fixtures__/temporary-folder.ts';
import { OnnxFileError, checkExternalData, inspectModel, inspectModelBytes } from './index.ts';
import type { ModelSummary } from './index.ts';
import { buildModel } from './testing/index.ts';
import type { ExternalSpec } from './testing/index.ts';

function external(spec: ExternalSpec): Uint8Array {
  return buildModel({
    inputs: [{ name: 'x', dtype: 'float32', shape: [4] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [4] }],
    nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
    initializers: [{ name: 'w', dtype: 'float32', shape: [4], external: spec }],
  });
}

async function inspectExternal(folder: string, spec: ExternalSpec): Promise<ModelSummary> {
  const path = join(folder, 'model.onnx');
  await writeFile(path, external(spec));
  return await inspectModel(path);
}

function refusal(summary: ModelSummary): OnnxFileError | undefined {
  try {
    checkExternalData(summary);
  } catch (error) {
    if (OnnxFileError.isInstance(error)) return error;
    throw error;
  }
  return undefined;
}

test('a file that is there, with its size', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'weights'));
  await writeFile(join(folder, 'weights', 'w.bin'), new Uint8Array(80));
  const summary = await inspectExternal(folder, { location: 'weights/w.bin', offset: 64, length: 16 });
  expect(summary.externalData).toEqual([
    {
      tensor: 'w',
      location: 'weights/w.bin',
      offset: 64,
      length: 16,
      bytes: 16,
      outside: false,
      exists: true,
      fileBytes: 80,
    },
  ]);
  expect(summary).toMatchObject({ parameterCount: 4, parameterBytes: 16 });
  expect(refusal(summary)).toBeUndefined();
});

test('a missing file is reported by inspection and refused by the check', async () => {
  const summary = await inspectExternal(await temporaryFolder(), { location: 'w.bin' });
  expect(summary.externalData).toMatchObject([
    { offset: 0, length: null, bytes: 16, exists: false, fileBytes: null },
  ]);
  const error = refusal(summary);
  expect(error).toMatchObject({ code: 'external-data-missing', path: summary.path, location: 'w.bin' });
  expect(error?.message).toContain('the tensor `w` in `w.bin`, which is not there');
});

test('a folder and an empty location are no data', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'w.bin'));
  for (const location of ['w.bin', '', '.', 'a\0b']) {
    const summary = await inspectExternal(folder, { location });
    expect(refusal(summary)?.code, JSON.stringify(location)).toBe('external-data-missing');
  }
});

test('a file that is too short is refused, by length or by shape', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'w.bin'), new Uint8Array(20));
  const error = refusal(await inspectExternal(folder, { location: 'w.bin', offset: 8, length: 16 }));
  expect(error?.code).toBe('external-data-missing');
  expect(error?.message).toContain('which has 20 bytes where 24 are needed');
  expect(refusal(await inspectExternal(folder, { location: 'w.bin', offset: 5 }))).toBeDefined();
  expect(refusal(await inspectExternal(folder, { location: 'w.bin', offset: 4 }))).toBeUndefined();
});

test.each([
  '../w.bin',
  'a/../../w.bin',
  '/etc/hostname',
  '..\\w.bin',
  'a\\..\\..\\w.bin',
  'C:\\w.bin',
  'C:w.bin',
  '\\\\server\\share\\w.bin',
  '..',
])('%s is outside, not looked at, and refused', async (location) => {
  const parent = await temporaryFolder();
  const folder = join(parent, 'model');
  await mkdir(folder);
  await writeFile(join(parent, 'w.bin'), new Uint8Array(64));
  const summary = await inspectExternal(folder, { location });
  expect(summary.externalData).toMatchObject([{ location, outside: true, exists: null, fileBytes: null }]);
  const error = refusal(summary);
  expect(error).toMatchObject({ code: 'external-data-outside', location });
  expect(error?.message).toContain('Move the data beside the model');
});

test.each(['./w.bin', 'a/../w.bin', '..w.bin', 'w..bin'])('%s is inside', async (location) => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'a'));
  for (const name of ['w.bin', '..w.bin', 'w..bin']) await writeFile(join(folder, name), new Uint8Array(16));
  const summary = await inspectExternal(folder, { location });
  expect(summary.externalData).toMatchObject([{ outside: false, exists: true, fileBytes: 16 }]);
});

const windows = process.platform === 'win32';
const skipped = windows ? ' (skipped: making links needs a right of its own on Windows)' : '';

describe.skipIf(windows)(`links${skipped}`, () => {
  test('a cache of links beside its blobs is inside', async () => {
    const cache = await temporaryFolder();
    for (const folder of ['snapshot', 'blobs']) await mkdir(join(cache, folder));
    await writeFile(join(cache, 'blobs', 'model'), external({ location: 'w.bin' }));
    await writeFile(join(cache, 'blobs', 'data'), new Uint8Array(16));
    await symlink(join('..', 'blobs', 'model'), join(cache, 'snapshot', 'model.onnx'));
    await symlink(join('..', 'blobs', 'data'), join(cache, 'snapshot', 'w.bin'));
    const summary = await inspectModel(join(cache, 'snapshot', 'model.onnx'));
    expect(summary.externalData).toMatchObject([{ outside: false, exists: true, fileBytes: 16 }]);
    expect(refusal(summary)).toBeUndefined();
  });

  test('a link that leads elsewhere is outside', async () => {
    const parent = await temporaryFolder();
    const folder = join(parent, 'model');
    await mkdir(folder);
    await writeFile(join(parent, 'secret'), new Uint8Array(16));
    await symlink(join('..', 'secret'), join(folder, 'w.bin'));
    const summary = await inspectExternal(folder, { location: 'w.bin' });
    expect(summary.externalData).toMatchObject([{ outside: true, exists: null, fileBytes: null }]);
    expect(refusal(summary)?.code).toBe('external-data-outside');
  });

  test('a link inside the folder is inside, a broken one is missing', async () => {
    const folder = await temporaryFolder();
    await symlink('real.bin', join(folder, 'w.bin'));
    const broken = await inspectExternal(folder, { location: 'w.bin' });
    expect(broken.externalData).toMatchObject([{ outside: false, exists: false }]);
    await writeFile(join(folder, 'real.bin'), new Uint8Array(16));
    const whole = await inspectExternal(folder, { location: 'w.bin' });
    expect(whole.externalData).toMatchObject([{ outside: false, exists: true, fileBytes: 16 }]);
  });
});

test('bytes have no folder: the data is listed, not looked for', () => {
  const summary = inspectModelBytes(external({ location: 'w.bin' }));
  expect(summary.externalData).toMatchObject([{ location: 'w.bin', exists: null, fileBytes: null }]);
  expect(refusal(summary)).toBeUndefined();
});

test('an offset that is no number is damage', () => {
  expect(() => inspectModelBytes(external({ location: 'w.bin', offset: -1 }))).toThrow('has the offset "-1"');
});
