import { createHash } from 'node:crypto';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore } from '../store/open-store.ts';
import { hashModel, type TrialStore } from './hash-model.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-hash-'));
  path = join(folder, 'model.onnx');
  await writeFile(path, 'content');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const CONTENT = createHash('sha256').update('content').digest('hex');
const later = (): number => Date.now() + 60_000;

function counted(): TrialStore & { readonly log: string[] } {
  const store = openStore(join(folder, 'cache'));
  const log: string[] = [];
  return {
    log,
    read: async (kind, key) => {
      const found = await store.read(kind, key);
      log.push(found === null ? 'miss' : 'hit');
      return found;
    },
    write: (kind, key, value) => {
      log.push('write');
      return store.write(kind, key, value);
    },
  };
}

it('is the SHA-256 of the content, of a file as of bytes', async () => {
  expect(await hashModel({ path })).toBe(CONTENT);
  expect(await hashModel({ bytes: new TextEncoder().encode('content'), name: 'model' })).toBe(CONTENT);
});

it('a file that did not change is not read again, one that did is', async () => {
  const store = counted();
  await hashModel({ path }, { store, now: later });
  await hashModel({ path }, { store, now: later });
  expect(store.log).toEqual(['miss', 'write', 'hit']);
  // The same size and the same date: only the time of the change itself tells.
  const date = new Date(2026, 1, 1);
  await utimes(path, date, date);
  const before = await hashModel({ path }, { store, now: later });
  await writeFile(path, 'CONTENT');
  await utimes(path, date, date);
  expect(await hashModel({ path }, { store, now: later })).not.toBe(before);
});

it('a file that was written a moment ago is not remembered, because it may change unnoticed', async () => {
  const store = counted();
  await hashModel({ path }, { store });
  expect(store.log).toEqual(['miss']);
});

it('a damaged memory is not believed', async () => {
  const store: TrialStore = {
    read: async () => ({ value: 'not a hash', recordedAt: new Date(), ageMs: 0 }),
    write: async () => true,
  };
  expect(await hashModel({ path }, { store })).toBe(CONTENT);
});

it('weights in other files belong to the model, by size and time', async () => {
  const weights = join(folder, 'model.onnx.data');
  await writeFile(weights, 'weights');
  const before = await hashModel({ path });
  expect(before).not.toBe(CONTENT);
  await writeFile(join(folder, 'model.log'), 'not weights');
  expect(await hashModel({ path })).toBe(before);
  await writeFile(weights, 'other weights');
  expect(await hashModel({ path })).not.toBe(before);
  expect(await hashModel({ path }, { externalData: [] })).toBe(CONTENT);
  const missing = await hashModel({ path }, { externalData: [join(folder, 'absent')] });
  expect(missing).not.toBe(CONTENT);
});

it('a model that cannot be read says so', async () => {
  await expect(hashModel({ path: join(folder, 'absent.onnx') })).rejects.toMatchObject({
    code: 'model-not-found',
  });
  await expect(hashModel({ path: folder })).rejects.toMatchObject({ code: 'model-unreadable' });
});
