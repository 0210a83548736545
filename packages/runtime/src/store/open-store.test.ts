import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store, type StoreOptions } from './open-store.ts';
import { entryFile, MAX_ENTRY_BYTES } from './store-entry.ts';

let parent: string;
let folder: string;
let warnings: string[];
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'switchyard-store-'));
  folder = join(parent, 'cache');
  warnings = [];
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const open = (options: StoreOptions = {}): Store =>
  openStore(folder, { onWarning: (message) => warnings.push(message), ...options });
const fileOf = (key: string): string => join(folder, 'probe', entryFile(key));

describe('remembering', () => {
  it('gives back what was written, with its age, and touches nothing before', async () => {
    let now = 1_000_000;
    const store = open({ now: () => now });
    expect(await store.read('probe', 'cpu')).toBeNull();
    expect(await store.list()).toEqual([]);
    expect(existsSync(folder)).toBe(false);
    expect(await store.write('probe', 'cpu', { ok: true })).toBe(true);
    now += 5000;
    expect(await store.read('probe', 'cpu')).toEqual({
      value: { ok: true },
      recordedAt: new Date(1_000_000),
      ageMs: 5000,
    });
    expect(await store.read('trial', 'cpu')).toBeNull();
    expect(warnings).toEqual([]);
  });

  it('takes any text for a key, and another store finds it', async () => {
    const keys = ['../../etc/passwd', 'a'.repeat(5000), 'ä \n\u0000', '', 'CON'];
    for (const key of keys) await open().write('probe', key, { key });
    for (const key of keys) expect((await open().read('probe', key))?.value).toEqual({ key });
    expect((await open().list()).map(({ key }) => key)).toEqual(keys.toSorted());
    expect(readdirSync(parent)).toEqual(['cache']);
  });

  it('refuses a kind that cannot be a folder', async () => {
    for (const kind of ['', '..', 'a/b', 'Probe', 'a'.repeat(65)]) {
      await expect(open().write(kind, 'key', 1)).rejects.toThrow(TypeError);
      await expect(open().read(kind, 'key')).rejects.toThrow(TypeError);
    }
  });

  it.skipIf(process.platform === 'win32')('is for its owner only', async () => {
    await open().write('probe', 'cpu', 1);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'probe')).mode & 0o777).toBe(0o700);
    expect(statSync(fileOf('cpu')).mode & 0o777).toBe(0o600);
  });

  it('replaces a value, and leaves no unfinished file', async () => {
    for (let round = 0; round < 20; round += 1) await open().write('probe', 'cpu', round);
    expect((await open().read('probe', 'cpu'))?.value).toBe(19);
    expect(readdirSync(join(folder, 'probe'))).toEqual([entryFile('cpu')]);
  });

  it('lists and clears its own files and no others', async () => {
    const store = open();
    await store.write('trial', 'b', 1);
    await store.write('probe', 'a', 1);
    writeFileSync(join(folder, 'README'), 'mine');
    writeFileSync(join(folder, 'probe', 'notes.json'), '{}');
    writeFileSync(`${fileOf('a')}.123.0123456789ab.tmp`, 'half');
    expect((await store.list()).map(({ kind, key }) => [kind, key])).toEqual([
      ['probe', 'a'],
      ['trial', 'b'],
    ]);
    expect((await store.list())[0]?.bytes).toBe(statSync(fileOf('a')).size);
    expect(await store.clear()).toBe(2);
    expect(await store.list()).toEqual([]);
    expect(readdirSync(folder).toSorted()).toEqual(['README', 'probe', 'trial']);
    expect(readdirSync(join(folder, 'probe'))).toEqual(['notes.json']);
    expect(warnings).toEqual([]);
  });
});

describe('damage', () => {
  it.each([
    ['an empty file', ''],
    ['half a file', '{"schema":1,"kind":"pro'],
    ['another schema', '{"schema":2,"kind":"probe","key":"cpu","recordedAt":1,"value":1}'],
    [
      'another key',
      JSON.stringify({ schema: 1, kind: 'probe', key: 'cuda', recordedAt: Date.now(), value: 1 }),
    ],
    ['no value', JSON.stringify({ schema: 1, kind: 'probe', key: 'cpu', recordedAt: Date.now() })],
    ['no time', JSON.stringify({ schema: 1, kind: 'probe', key: 'cpu', recordedAt: 'today', value: 1 })],
    ['null', 'null'],
    ['binary', '\u0000\uFFFD\u0001'],
    ['too much', ' '.repeat(MAX_ENTRY_BYTES + 1)],
  ])('%s is not remembered, said once, and replaced by the next write', async (_what, text) => {
    const store = open();
    mkdirSync(join(folder, 'probe'), { recursive: true });
    writeFileSync(fileOf('cpu'), text);
    expect(await store.read('probe', 'cpu')).toBeNull();
    expect(await store.read('probe', 'cpu')).toBeNull();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('is ignored');
    await store.write('probe', 'cpu', 'new');
    expect((await store.read('probe', 'cpu'))?.value).toBe('new');
  });

  it('a folder where a file should be is said and not thrown', async () => {
    mkdirSync(fileOf('cpu'), { recursive: true });
    const store = open();
    expect(await store.read('probe', 'cpu')).toBeNull();
    expect(await store.list()).toEqual([]);
    expect(await store.write('probe', 'cpu', 1)).toBe(false);
    expect(readdirSync(join(folder, 'probe'))).toEqual([entryFile('cpu')]);
    expect(await store.clear()).toBe(0);
    expect(warnings.length).toBeGreaterThan(0);
  });

  it('a place that cannot be written remembers nothing, with one warning', async () => {
    writeFileSync(folder, 'a file');
    const store = open();
    expect(await store.write('probe', 'cpu', 1)).toBe(false);
    expect(await store.write('probe', 'cuda', 1)).toBe(false);
    expect(await store.read('probe', 'cpu')).toBeNull();
    expect(await store.list()).toEqual([]);
    expect(await store.clear()).toBe(0);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('SWITCHYARD_CACHE_DIR');
  });

  // The superuser may write everywhere.
  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'so does a folder without permission',
    async () => {
      mkdirSync(folder);
      chmodSync(folder, 0o500);
      expect(await open().write('probe', 'cpu', 1)).toBe(false);
      expect(warnings).toHaveLength(1);
      chmodSync(folder, 0o700);
    },
  );

  it('a value that is too large is not kept, and says so', async () => {
    expect(await open().write('probe', 'cpu', 'x'.repeat(MAX_ENTRY_BYTES))).toBe(false);
    expect(warnings[0]).toContain('larger than');
  });
});

describe('bounds', () => {
  it('the oldest entries go first', async () => {
    const store = open({ maxEntries: 3 });
    for (const [index, key] of ['a', 'b', 'c', 'd'].entries()) {
      await store.write('probe', key, index);
      // File systems count time coarsely; what was written first is made older by hand.
      utimesSync(fileOf(key), new Date(), new Date(Date.now() - (10 - index) * 1000));
    }
    await store.write('probe', 'e', 4);
    expect((await store.list()).map(({ key }) => key)).toEqual(['c', 'd', 'e']);
  });

  it('what is too old is not remembered, and removed by the next write', async () => {
    let now = Date.now() - 10_000;
    const store = open({ maxAgeMs: 5000, now: () => now });
    await store.write('probe', 'old', 1);
    utimesSync(fileOf('old'), new Date(now), new Date(now));
    now += 10_000;
    expect(await store.read('probe', 'old')).toBeNull();
    await store.write('probe', 'new', 1);
    expect(existsSync(fileOf('old'))).toBe(false);
  });

  it('what comes from the future is not remembered, but for a clock that is a little off', async () => {
    let now = 10_000_000;
    const store = open({ now: () => now });
    await store.write('probe', 'cpu', 1);
    now -= 60_000;
    expect(await store.read('probe', 'cpu')).toMatchObject({ value: 1, ageMs: 0 });
    now -= 600_000;
    expect(await store.read('probe', 'cpu')).toBeNull();
  });

  it('what a killed process left behind goes after an hour', async () => {
    const store = open();
    await store.write('probe', 'a', 1);
    const [fresh, stale] = [`${fileOf('a')}.1.0123456789ab.tmp`, `${fileOf('a')}.2.0123456789ab.tmp`];
    writeFileSync(fresh, 'half');
    writeFileSync(stale, 'half');
    utimesSync(stale, new Date(), new Date(Date.now() - 2 * 60 * 60 * 1000));
    await store.write('probe', 'a', 2);
    expect([existsSync(fresh), existsSync(stale)]).toEqual([true, false]);
  });
});

it('eight processes that write one key leave one whole value, and readers see whole values only', async () => {
  const program = join(import.meta.dirname, '__fixtures__/write-many.ts');
  const run = promisify(execFile);
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const writing = { now: true };
  const writers = Promise.all(
    names.map((name) => run(process.execPath, ['--conditions=@switchyard/source', program, folder, name])),
  ).finally(() => {
    writing.now = false;
  });
  const store = open();
  let seen = 0;
  while (writing.now) {
    const found = await store.read('probe', 'shared');
    if (found === null) continue;
    const { name, filler } = found.value as { name: string; filler: string };
    expect(filler).toBe(name.repeat(2000));
    seen += 1;
  }
  expect((await writers).map(({ stderr }) => stderr)).toEqual(names.map(() => ''));
  expect(seen).toBeGreaterThan(0);
  expect(warnings).toEqual([]);
  expect(readdirSync(join(folder, 'probe'))).toEqual([entryFile('shared')]);
  expect(JSON.parse(readFileSync(fileOf('shared'), 'utf8'))).toMatchObject({ value: { round: 99 } });
});
