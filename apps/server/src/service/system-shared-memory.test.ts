import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProtocolError, type SystemSharedMemoryRegion } from '@switchyard/open-inference';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSharedMemory, type RegionStore } from './system-shared-memory.ts';

const linux = process.platform === 'linux';
let folder: string;
let store: RegionStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-shm-'));
  store = createSharedMemory({ folder, maxRegions: 4 });
  writeFileSync(
    join(folder, 'input'),
    Uint8Array.from({ length: 64 }, (_, index) => index),
  );
});
afterEach(() => {
  store.unregister('');
  rmSync(folder, { recursive: true });
});

const region = (changes: Partial<SystemSharedMemoryRegion> = {}): SystemSharedMemoryRegion => ({
  name: 'r',
  key: '/input',
  offset: 0,
  byte_size: 64,
  ...changes,
});
const refusalOf = (work: () => unknown): [string, string] => {
  try {
    work();
  } catch (error) {
    if (error instanceof ProtocolError) return [error.problem, error.message];
    throw error;
  }
  throw new Error('It was done.');
};
const laterRefusal = async (work: Promise<unknown>): Promise<[string, string]> => {
  const error: unknown = await work.catch((reason: unknown) => reason);
  return refusalOf(() => {
    throw error;
  });
};
/** How often this process holds the file open. */
const holds = (name: string): number =>
  readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`) === join(folder, name);
    } catch {
      // The descriptor that listed the folder is gone again.
      return false;
    }
  }).length;

describe('regions', () => {
  test('are registered, listed, read, written and unregistered', async () => {
    store.register(region({ offset: 8, byte_size: 16 }));
    store.register(region({ name: 'whole', key: 'input' }));
    expect(store.status('')).toEqual([
      { name: 'r', key: '/input', offset: 8, byte_size: 16 },
      { name: 'whole', key: 'input', offset: 0, byte_size: 64 },
    ]);
    expect(store.status('r')).toHaveLength(1);
    expect([...(await store.read('r', 4, 3))]).toEqual([12, 13, 14]);
    expect(await store.read('r', 16, 0)).toHaveLength(0);
    await store.write('r', 1, [Uint8Array.of(200, 201), Uint8Array.of(202)]);
    expect([...readFileSync(join(folder, 'input')).subarray(8, 13)]).toEqual([8, 200, 201, 202, 12]);
    store.unregister('r');
    store.unregister('r');
    expect(store.status('')).toHaveLength(1);
    store.unregister('');
    expect(store.status('')).toEqual([]);
  });

  test.runIf(linux)('hold their file until the last reader is through', async () => {
    store.register(region());
    expect(holds('input')).toBe(1);
    const reading = store.read('r', 0, 64);
    store.unregister('r');
    expect(holds('input')).toBe(1);
    expect((await reading)[63]).toBe(63);
    expect(holds('input')).toBe(0);
  });

  test.runIf(linux)('that were refused hold nothing', () => {
    refusalOf(() => store.register(region({ byte_size: 65 })));
    expect(holds('input')).toBe(0);
  });

  test.each([
    ['a path', { key: '../input' }],
    ['a deeper path', { key: '/deep/input' }],
    ['two slashes', { key: '//input' }],
    ['the folder', { key: '/' }],
    ['the folder by its dot', { key: '.' }],
    ['the folder above', { key: '/..' }],
    ['no key', { key: '' }],
    ['a NUL', { key: 'in\0put' }],
    ['a long key', { key: 'k'.repeat(300) }],
  ])('%s is no key', (_, changes) => {
    const [problem, message] = refusalOf(() => store.register(region(changes)));
    expect(problem).toBe('invalid-argument');
    expect(message).toMatch(/^Unable to open shared memory region: '.*'\. A key is the name of an object/s);
  });

  test('links, folders, pipes and what is not there are not opened', () => {
    writeFileSync(join(folder, 'secret'), 'secret');
    symlinkSync(join(folder, 'secret'), join(folder, 'link'));
    mkdirSync(join(folder, 'folder'));
    if (linux) execFileSync('mkfifo', [join(folder, 'pipe')]);
    for (const key of ['link', 'folder', 'pipe', 'absent']) {
      expect(refusalOf(() => store.register(region({ key, byte_size: 1 })))).toEqual([
        'invalid-argument',
        `Unable to open shared memory region: '${key}'`,
      ]);
    }
  });

  test.each([
    [0, 65],
    [1, 64],
    [64, 1],
    [Number.MAX_SAFE_INTEGER, 1],
  ])('offset %d and size %d are beyond the object', (offset, byte_size) => {
    expect(refusalOf(() => store.register(region({ offset, byte_size })))).toEqual([
      'invalid-argument',
      `Invalid offset + byte size for shared memory region: 'r'. The object '/input' has 64 bytes, but ` +
        `${byte_size} from offset ${offset} were asked for`,
    ]);
  });

  test.each([
    [-1, 4],
    [0.5, 4],
    [0, -4],
    [0, 0],
    [0, 2 ** 60],
    [Number.NaN, 1],
  ])('offset %d and size %d are none', (offset, byte_size) => {
    const [problem, message] = refusalOf(() => store.register(region({ offset, byte_size })));
    expect([problem, message]).toEqual([
      'invalid-argument',
      "Invalid offset + byte size for shared memory region: 'r'. Both are whole numbers, and the size is at least 1",
    ]);
  });

  test('names are taken once, and there is a last one', () => {
    store.register(region());
    expect(refusalOf(() => store.register(region()))).toEqual([
      'already-exists',
      "shared memory region 'r' already in manager",
    ]);
    expect(refusalOf(() => store.register(region({ name: '' })))[0]).toBe('invalid-argument');
    for (const name of ['__proto__', 'b', 'c']) store.register(region({ name }));
    expect(refusalOf(() => store.register(region({ name: 'd' })))[0]).toBe('exhausted');
    store.unregister('b');
    store.register(region({ name: 'd' }));
  });

  test('ranges are judged against the region, and against the object as it is now', async () => {
    store.register(region({ offset: 8, byte_size: 16 }));
    expect(await laterRefusal(store.read('r', 17, 0))).toEqual([
      'invalid-argument',
      "Invalid offset for shared memory region: 'r'",
    ]);
    const beyond = ['invalid-argument', "Invalid offset + byte size for shared memory region: 'r'"];
    expect(await laterRefusal(store.read('r', 1, 16))).toEqual(beyond);
    expect(await laterRefusal(store.write('r', 15, [Uint8Array.of(1), Uint8Array.of(2)]))).toEqual(beyond);
    truncateSync(join(folder, 'input'), 20);
    expect(await laterRefusal(store.read('r', 0, 16))).toEqual(beyond);
    expect(await store.read('r', 0, 12)).toHaveLength(12);
    expect(await laterRefusal(store.read('nobody', 0, 1))).toEqual([
      'not-found',
      "Unable to find shared memory region: 'nobody'",
    ]);
    expect(refusalOf(() => store.status('nobody'))).toEqual([
      'not-found',
      "Unable to find system shared memory region: 'nobody'",
    ]);
  });

  test('nothing works where nobody allowed it', async () => {
    const off = createSharedMemory(false);
    const text = [
      'unsupported',
      'Client shared memory is disabled. Whoever runs the server can start it with shared memory enabled.',
    ];
    expect(refusalOf(() => off.status(''))).toEqual(text);
    expect(refusalOf(() => off.register(region()))).toEqual(text);
    expect(refusalOf(() => off.unregister(''))).toEqual(text);
    expect(await laterRefusal(off.read('r', 0, 1))).toEqual(text);
  });
});
