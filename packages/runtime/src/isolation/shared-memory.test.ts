import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NumericTensor, Tensors } from '@switchyard/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEchoBackend } from './__fixtures__/echo-backend.ts';
import { openFixture, pattern } from './__fixtures__/open-fixture.ts';
import { makeSharedFolder, removeSharedFolder } from './shared-folder.ts';

const feeds = (length: number): Tensors => ({
  x: { dtype: 'uint8', shape: [length], bytes: pattern(length) },
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-memory-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function expectEcho(length: number, sharedMemory: false | { folder: string }) {
  await using session = await openFixture(createEchoBackend('uint8'), 'process', { sharedMemory });
  for (const size of [length, 100, length]) {
    const { y } = await session.doRun(feeds(size));
    // An assertion on millions of elements takes longer than everything else here.
    expect(Buffer.compare((y as NumericTensor).bytes, (feeds(size)['x'] as NumericTensor).bytes)).toBe(0);
  }
  return session.isolation;
}

it('without shared memory, tensors go through the socket', async () => {
  expect(await expectEcho(3_000_000, false)).toMatchObject({ sharedMemory: null, notes: [] });
});

describe('a folder that is full', () => {
  const mounted = join(tmpdir(), `switchyard-full-${process.pid}`);
  const options = (size: string) => ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', mounted];
  const canMount = (() => {
    mkdirSync(mounted, { recursive: true });
    const done = process.platform === 'linux' && spawnSync('mount', options('64k')).status === 0;
    if (done) execFileSync('umount', [mounted]);
    return done;
  })();
  afterAll(() => rmSync(mounted, { recursive: true, force: true }));

  // 64k holds no feed; 320k holds a feed of 200,000 bytes and not its result.
  it.skipIf(!canMount).each([
    ['64k', 200_000],
    ['320k', 200_000],
    ['64k', 20 * 1024 * 1024],
  ])(
    'of %s (where this user may mount one): %i bytes arrive all the same, with a note',
    async (size, length) => {
      execFileSync('mount', options(size));
      try {
        const { notes, replaced } = await expectEcho(length, { folder: mounted });
        expect(notes).toEqual([expect.stringContaining('Shared memory was full')]);
        expect(replaced).toBe(0);
        expect(readdirSync(mounted)).toEqual([]);
      } finally {
        execFileSync('umount', [mounted]);
      }
    },
  );

  it.skipIf(canMount)('is not tried: this user may not mount one', () => {
    expect(canMount).toBe(false);
  });
});

it('slots are reused', async () => {
  await using session = await openFixture(createEchoBackend('uint8'), 'process', {
    sharedMemory: { folder },
  });
  for (let run = 0; run < 20; run += 1) await session.doRun(feeds(300_000));
  const inside = session.isolation.sharedMemory!;
  expect(readdirSync(inside).length).toBeLessThanOrEqual(4);
  expect(statSync(inside).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(inside)) expect(statSync(join(inside, name)).mode & 0o777).toBe(0o600);
});

describe('the folder', () => {
  it('of a process that is gone is removed by the next, and that of one that lives is not', () => {
    const script = `
      const { makeSharedFolder } = await import(${JSON.stringify(new URL('./shared-folder.ts', import.meta.url).href)});
      process.stdout.write(makeSharedFolder({ folder: ${JSON.stringify(folder)} }));`;
    const left = execFileSync(process.execPath, ['--input-type=module', '--no-warnings', '-e', script], {
      encoding: 'utf8',
    });
    expect(existsSync(left)).toBe(true);
    const own = makeSharedFolder({ folder })!;
    expect(existsSync(left)).toBe(false);
    const second = makeSharedFolder({ folder })!;
    expect(existsSync(own)).toBe(true);
    removeSharedFolder(own);
    removeSharedFolder(own);
    removeSharedFolder(second);
  });

  it('of another container is left alone', () => {
    const foreign = join(folder, 'switchyard-999999999-1-abc');
    mkdirSync(foreign);
    removeSharedFolder(makeSharedFolder({ folder })!);
    expect(existsSync(foreign)).toBe(true);
  });
});
