import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { identityModel, mlpModel } from '@switchyard/onnx/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fakeOpener, type FakeOpener } from './__fixtures__/fake-executor.ts';
import { temporaryFolder, type TemporaryFolder } from './__fixtures__/temporary-folder.ts';
import { createModelRepository } from './create-model-repository.ts';
import type { ModelRepository } from './model-repository.ts';

let folder: TemporaryFolder;
let opener: FakeOpener;
let repository: ModelRepository | null;

beforeEach(async () => {
  folder = await temporaryFolder();
  opener = fakeOpener();
  repository = null;
});

afterEach(async () => {
  await repository?.[Symbol.asyncDispose]();
  await folder.remove();
});

const serve = async (...sources: readonly string[]): Promise<ModelRepository> => {
  repository = createModelRepository({
    sources: sources.map((source) => join(folder.path, source)),
    openExecutor: opener.open,
  });
  await repository.start();
  return repository;
};

const message = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was thrown';
};

it('serves a plain file without any configuration', async () => {
  await folder.write({ 'digits.onnx': mlpModel() });
  const served = await serve('digits.onnx');
  const model = served.find('digits', '');
  expect(model.version).toBe('1');
  expect(model.versions()).toEqual(['1']);
  expect(model.maxBatchSize).toBe(64);
  expect(model.config).toMatchObject({
    name: 'digits',
    max_batch_size: 64,
    input: [{ name: 'x', data_type: 'TYPE_FP32', dims: [4] }],
    output: [{ name: 'y', data_type: 'TYPE_FP32', dims: [2] }],
    dynamic_batching: { preferred_batch_size: [], max_queue_delay_microseconds: 0 },
    instance_group: [{ name: 'digits_0', kind: 'KIND_AUTO', count: 1 }],
    parameters: { 'truth.backend': { string_value: 'fake' }, 'truth.device': { string_value: 'fake:0' } },
  });
  expect(model.contentHash).toMatch(/^[0-9a-f]{64}$/);
  expect(served.readiness()).toEqual({ ready: true, reason: '' });
  expect(served.index(false)).toEqual([{ name: 'digits', version: '1', state: 'READY' }]);
  expect(opener.opened[0]!.modelPath).toBe(join(folder.path, 'digits.onnx'));
});

it('serves a folder of files, a repository and a model folder side by side', async () => {
  await folder.write({
    'plain/a.onnx': mlpModel(),
    'plain/b.onnx': identityModel(),
    'plain/notes.txt': 'no model',
    'plain/.hidden.onnx': 'no model',
    'triton/c/1/model.onnx': mlpModel(),
    'triton/c/3/model.onnx': mlpModel([4, 2]),
    'triton/c/03/model.onnx': 'no version',
    'triton/c/0/model.onnx': 'no version',
    'triton/c/-1/model.onnx': 'no version',
    'triton/d/config.pbtxt': 'default_model_filename: "weights.onnx"',
    'triton/d/7/weights.onnx': mlpModel(),
    'triton/assets/readme.md': 'no model',
    'single/2/model.onnx': mlpModel(),
  });
  const served = await serve('plain', 'triton', 'single');
  expect(served.index(true).map(({ name, version }) => `${name} ${version}`)).toEqual([
    'a 1',
    'b 1',
    'c 3',
    'd 7',
    'single 2',
  ]);
  expect(served.find('b', '').maxBatchSize).toBe(0);
  expect(served.readiness().ready).toBe(true);
});

it('refuses one name in two sources, with both places and no path of the machine', async () => {
  await folder.write({
    'one/m.onnx': mlpModel(),
    'two/m/1/model.onnx': mlpModel(),
    'two/n.onnx': mlpModel(),
  });
  const served = await serve('one', 'two');
  expect(served.index(false)).toEqual([
    {
      name: 'm',
      state: 'UNAVAILABLE',
      reason: "model 'm' is not unique: it is in 'one/m.onnx' and 'two/m'; rename one of them",
    },
    { name: 'n', version: '1', state: 'READY' },
  ]);
  expect(served.readiness().ready).toBe(false);
});

it('refuses links that lead out of a repository, and follows those that stay', async () => {
  await folder.write({ 'outside/secret.onnx': mlpModel(), 'models/data/real.onnx': mlpModel() });
  const models = join(folder.path, 'models');
  await symlink(join(folder.path, 'outside/secret.onnx'), join(models, 'stolen.onnx'));
  await symlink(join(folder.path, 'outside'), join(models, 'stolen-folder'));
  await symlink('data/real.onnx', join(models, 'alias.onnx'));
  await mkdir(join(models, 'm/1'), { recursive: true });
  await symlink(join(folder.path, 'outside/secret.onnx'), join(models, 'm/1/model.onnx'));
  const served = await serve('models');
  expect(served.index(true)).toEqual([{ name: 'alias', version: '1', state: 'READY' }]);
  const reasons = Object.fromEntries(served.index(false).map(({ name, reason }) => [name, reason]));
  expect(reasons['stolen']).toBe("'models/stolen.onnx' is a link that leads out of the repository");
  expect(reasons['stolen-folder']).toBe("'models/stolen-folder' is a link that leads out of the repository");
  expect(reasons['m']).toBe("'model.onnx' leads out of the repository, looked for in 'models/m/1'");
});

it('says what to do with a model that has no folder of a version', async () => {
  await folder.write({ 'models/m/model.onnx': mlpModel() });
  const served = await serve('models');
  expect(served.index(false)[0]!.reason).toContain('move it into a folder `1`');
});

it('refuses to start without its sources', async () => {
  await expect(serve('nowhere')).rejects.toMatchObject({ code: 'model-unreadable' });
});

it('refuses names and versions that are none in the words of the protocol', async () => {
  await folder.write({ 'm.onnx': mlpModel() });
  const served = await serve('m.onnx');
  expect(message(() => served.find('x', ''))).toBe("Request for unknown model: 'x' is not found");
  expect(message(() => served.find('../m', ''))).toBe("Request for unknown model: '../m' is not found");
  expect(message(() => served.find('__proto__', ''))).toBe(
    "Request for unknown model: '__proto__' is not found",
  );
  expect(message(() => served.find('a\r\nb\0', ''))).toBe(
    String.raw`Request for unknown model: 'a\u000d\u000ab\u0000' is not found`,
  );
  expect(message(() => served.find('x'.repeat(5000), '')).length).toBeLessThan(400);
  for (const version of ['9', '0', '01', '99999999999999999999']) {
    expect(message(() => served.find('m', version))).toBe(
      `Request for unknown model: 'm' version ${version} is not found`,
    );
  }
  for (const version of ['v1', '-1', '1.0', ' 1']) {
    expect(message(() => served.find('m', version))).toBe(
      `failed to get model version from specified version string '${version}' (details: it is no whole number), version should be an integral value > 0`,
    );
  }
});
