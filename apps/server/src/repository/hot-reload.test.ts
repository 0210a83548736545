import { rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { buildModel, mlpModel } from '@switchyard/onnx/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { FakeExecutor } from './__fixtures__/fake-executor.ts';
import { repositoryOf, until, type TestRepository } from './__fixtures__/repository-of.ts';
import type { RepositoryControl } from './create-model-repository.ts';
import { SettledModels } from './settled-models.ts';

let test: TestRepository | null = null;

afterEach(async () => {
  await test?.[Symbol.asyncDispose]();
  test = null;
});

const watching = (method: 'events' | 'poll'): RepositoryControl =>
  method === 'poll'
    ? { mode: 'watch', method, intervalMs: 20, settleMs: 60 }
    : { mode: 'watch', method, intervalMs: 600_000, settleMs: 60 };

const start = async (
  files: Readonly<Record<string, string | Uint8Array>>,
  method: 'events' | 'poll' = 'poll',
): Promise<TestRepository> => (test = await repositoryOf(files, { control: watching(method) }));

/** A model that can be told from others by its width. */
const generation = (width: number): Uint8Array => mlpModel([4, width, 2]);
const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

describe.each(['events', 'poll'] as const)('watching by %s', (method) => {
  it('loads new models and versions, and takes away what was removed', async () => {
    const { repository, folder } = await start({ 'm/1/model.onnx': generation(1) }, method);
    await folder.write({ 'n/1/model.onnx': generation(2), 'plain.onnx': generation(3) });
    await until('new models serve', () => repository.index(true).length === 3);
    await folder.write({ 'm/2/model.onnx': generation(4) });
    await until('the new version serves', () => repository.find('m', '').version === '2');
    await until('only it serves', () => repository.find('m', '').versions().length === 1);
    await rm(join(folder.path, 'm/2'), { recursive: true });
    await until('the version before serves again', () => repository.index(true)[0]?.version === '1');
    await rm(join(folder.path, 'n'), { recursive: true });
    await until('a removed model is unknown', () =>
      repository.index(false).every(({ name }) => name !== 'n'),
    );
    expect(() => repository.find('n', '')).toThrow("Request for unknown model: 'n' is not found");
    await folder.write({ 'n/1/model.onnx': generation(2) });
    await until('it serves when it comes back', () =>
      repository.index(true).some(({ name }) => name === 'n'),
    );
    await folder.write({ 'm/config.pbtxt': 'max_batch_size: 5' });
    await until('a configuration counts', () => repository.find('m', '').maxBatchSize === 5);
    expect(repository.readiness()).toEqual({ ready: true, reason: '' });
  });
});

it('swaps thirty times while files are half-written, corrupt and missing, without a gap or a wrong version', async () => {
  const { repository, folder, opener, events } = await start({ 'm/1/model.onnx': generation(1) });
  const path = join(folder.path, 'm/1/model.onnx');
  const complete = new Set([Buffer.from(generation(1)).toString('base64')]);
  const end = new AbortController();
  const served = new Set<string>();
  const clients = Array.from({ length: 4 }, async () => {
    while (!end.signal.aborted) {
      const lease = repository.lease('m', '');
      const executor = lease.model.executor as FakeExecutor;
      for (let turn = 0; turn < 3; turn += 1) {
        if (executor.disposed) throw new Error('A version ended while it was held.');
        await pause(1);
      }
      served.add(Buffer.from(executor.bytes).toString('base64'));
      lease[Symbol.dispose]();
    }
  });
  for (let round = 2; round <= 31; round += 1) {
    const bytes = generation(round);
    const before = repository.find('m', '');
    const kind = round % 5;
    if (kind === 0) await folder.write({ 'm/1/model.onnx': bytes.subarray(0, bytes.length / 2) });
    if (kind === 1) await folder.write({ 'm/1/model.onnx': 'this is no model' });
    if (kind === 2) await rm(path);
    if (kind === 3) await folder.write({ 'm/config.pbtxt': 'max_batch_size: "x"' });
    if (kind < 4) {
      // What is broken for so long counts as complete, and has to be refused.
      await until('the broken files are refused', () => repository.index(false)[0]?.reason !== undefined);
      expect(repository.find('m', '')).toBe(before);
      await rm(join(folder.path, 'm/config.pbtxt'), { force: true });
    }
    complete.add(Buffer.from(bytes).toString('base64'));
    if (round % 2 === 0) {
      await folder.write({ 'm/1/new.tmp': bytes });
      await rename(join(folder.path, 'm/1/new.tmp'), path);
    } else {
      // In two halves: the first is never served.
      await folder.write({ 'm/1/model.onnx': bytes.subarray(0, 40) });
      await pause(10);
      await folder.write({ 'm/1/model.onnx': bytes });
    }
    await until('the new model serves', () =>
      Buffer.from((repository.find('m', '').executor as FakeExecutor).bytes).equals(bytes),
    );
    await until('nothing is wrong any more', () => repository.index(false)[0]?.reason === undefined);
    expect(repository.readiness().ready).toBe(true);
  }
  end.abort();
  await Promise.all(clients);
  expect(served.size).toBeGreaterThan(20);
  expect([...served].filter((model) => !complete.has(model))).toEqual([]);
  await until(
    'the old ones are released',
    () => opener.opened.filter(({ disposed }) => !disposed).length === 1,
  );
  expect(events.filter(({ kind }) => kind === 'ready').length).toBe(31);
});

it('keeps a plain file serving that is missing, and loads it when it is back', async () => {
  const { repository, folder } = await start({ 'm.onnx': generation(1), 'n.onnx': generation(1) });
  const before = repository.find('m', '');
  await rm(join(folder.path, 'm.onnx'));
  await until('it is said', () => repository.index(false)[0]?.reason !== undefined);
  expect(repository.index(false)[0]).toEqual({
    name: 'm',
    version: '1',
    state: 'READY',
    reason: 'its file is gone; serves what was loaded before',
  });
  expect(repository.find('m', '')).toBe(before);
  await folder.write({ 'm.onnx': generation(2) });
  await until('the new file serves', () => repository.find('m', '') !== before);
  expect(repository.index(false)[0]).toEqual({ name: 'm', version: '1', state: 'READY' });
});

it('loads nothing again whose content is the same', async () => {
  const { repository, folder, opener } = await start({ 'm/1/model.onnx': generation(1) });
  const now = new Date();
  await utimes(join(folder.path, 'm/1/model.onnx'), now, now);
  await folder.write({ 'n/1/model.onnx': generation(2) });
  await until('a later change was seen', () => repository.index(true).length === 2);
  expect(opener.opened.length).toBe(2);
});

it('sees external data change, and keeps serving while it is not there', async () => {
  const external = buildModel({
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 2] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 2] }],
    nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
    initializers: [{ name: 'w', dtype: 'float32', shape: [2], external: { location: 'w.bin' } }],
  });
  const { repository, folder } = await start({ 'm.onnx': external, 'w.bin': new Uint8Array(8) });
  const before = repository.find('m', '');
  await rm(join(folder.path, 'w.bin'));
  await until(
    'it is said',
    () => repository.index(false)[0]?.reason?.includes('`w.bin`, which is not there') === true,
  );
  expect(repository.find('m', '')).toBe(before);
  await folder.write({ 'w.bin': new Uint8Array(8).fill(1) });
  await until('the new data serves', () => repository.find('m', '') !== before);
  expect(repository.find('m', '').contentHash).not.toBe(before.contentHash);
});

it('keeps everything serving while a source cannot be read', async () => {
  const { repository, folder } = await start({ 'm/1/model.onnx': generation(1) });
  const elsewhere = `${folder.path}-elsewhere`;
  await rename(folder.path, elsewhere);
  await until('it is said', () => repository.index(false)[0]?.reason !== undefined);
  expect(repository.index(false)[0]!.reason).toMatch(/^its source cannot be read: ENOENT/);
  expect(repository.index(false)[0]!.reason).not.toContain(folder.path);
  expect(repository.find('m', '').version).toBe('1');
  await rename(elsewhere, folder.path);
  await folder.write({ 'm/2/model.onnx': generation(2) });
  await until('the source is read again', () => repository.find('m', '').version === '2');
});

it('refuses external data that leads out of the folder', async () => {
  const escaping = buildModel({
    inputs: [{ name: 'x', dtype: 'float32', shape: [2] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [2] }],
    nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
    initializers: [{ name: 'w', dtype: 'float32', shape: [2], external: { location: '../../secret' } }],
  });
  const { repository, opener } = await start({ 'm/1/model.onnx': escaping, secret: new Uint8Array(8) });
  expect(repository.index(false)[0]!.reason).toContain('`../../secret`, which leads outside');
  expect(opener.opened).toEqual([]);
});

it('files count as complete once they were the same for the settle time', () => {
  const settled = new SettledModels(100);
  settled.accept('m', 'a');
  expect(settled.see('m', 'a', 0)).toBe('same');
  expect(settled.see('m', 'b', 10)).toBe('waiting');
  expect(settled.see('m', 'c', 90)).toBe('waiting');
  expect(settled.see('m', 'c', 189)).toBe('waiting');
  expect(settled.see('m', 'c', 190)).toBe('changed');
  expect(settled.see('m', 'c', 191)).toBe('same');
  expect(settled.see('m', 'd', 200)).toBe('waiting');
  expect(settled.see('m', 'c', 400)).toBe('same');
  expect(settled.see('m', 'd', 500)).toBe('waiting');
  settled.forget('m');
  expect(settled.see('m', 'c', 600)).toBe('waiting');
});
