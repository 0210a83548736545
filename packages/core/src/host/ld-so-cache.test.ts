import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ldSoCacheBytes } from './__fixtures__/machine-tree.ts';
import { parseLdSoCache, type LdSoCache } from './ld-so-cache.ts';

const LIBRARIES = [
  { name: 'libcuda.so.1', path: '/lib/x86_64-linux-gnu/libcuda.so.1' },
  { name: 'libz.so.1', path: '/lib/glibc-hwcaps/x86-64-v3/libz.so.1', hwcap: 1n << 62n },
  { name: 'libz.so.1', path: '/lib/i386-linux-gnu/libz.so.1', flags: 3 },
];

function entriesOf(cache: LdSoCache): readonly (readonly [string, string, number, boolean])[] {
  if (!cache.ok) throw new Error(cache.why);
  return cache.entries.map(({ name, path, flags, needsHardware }) => [name, path, flags, needsHardware]);
}

const EXPECTED = [
  ['libcuda.so.1', '/lib/x86_64-linux-gnu/libcuda.so.1', 0x0303, false],
  ['libz.so.1', '/lib/glibc-hwcaps/x86-64-v3/libz.so.1', 0x0303, true],
  ['libz.so.1', '/lib/i386-linux-gnu/libz.so.1', 3, false],
];

const LDCONFIG = ['/sbin/ldconfig', '/usr/sbin/ldconfig'].find((path) => existsSync(path));

describe('parseLdSoCache', () => {
  it('reads the new format', () => {
    expect(entriesOf(parseLdSoCache(ldSoCacheBytes(LIBRARIES)))).toEqual(EXPECTED);
  });

  it('reads names beyond ASCII as UTF-8', () => {
    const library = { name: 'libvulkan.so.1', path: '/opt/jörg/библиотеки/libvulkan.so.1' };
    expect(entriesOf(parseLdSoCache(ldSoCacheBytes([library])))).toEqual([
      [library.name, library.path, 0x0303, false],
    ]);
  });

  it.each([0, 1, 2, 3])('reads the new format behind %i entries of the old one', (oldEntries) => {
    expect(entriesOf(parseLdSoCache(ldSoCacheBytes(LIBRARIES, { oldEntries })))).toEqual(EXPECTED);
  });

  it('reads the old format alone, which has no hardware requirements', () => {
    const entries = entriesOf(parseLdSoCache(ldSoCacheBytes(LIBRARIES, { onlyOld: true })));
    expect(entries).toEqual(EXPECTED.map(([name, path, flags]) => [name, path, flags, false]));
  });

  // musl has an `ldconfig` that writes nothing, so the C library decides as well.
  it.runIf(process.platform === 'linux' && LDCONFIG !== undefined && existsSync('/etc/ld.so.cache'))(
    'agrees with ldconfig about a cache that ldconfig has just written',
    () => {
      const directory = mkdtempSync(join(tmpdir(), 'switchyard-cache-'));
      try {
        const file = join(directory, 'cache');
        execFileSync(LDCONFIG ?? '', ['-X', '-C', file], { stdio: ['ignore', 'ignore', 'ignore'] });
        const printed = execFileSync(LDCONFIG ?? '', ['-p', '-C', file], { encoding: 'utf8' });
        const expected = [...printed.matchAll(/^\t(\S+) \(.*\) => (.+)$/gm)].map((match) => [
          match[1],
          match[2],
        ]);
        const entries = entriesOf(parseLdSoCache(readFileSync(file)));
        expect(expected.length).toBeGreaterThan(0);
        expect(entries.map(([name, path]) => [name, path])).toEqual(expected);
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
  );

  it.each([
    ['an empty file', Buffer.alloc(0), 'does not begin like'],
    ['another file', Buffer.from('#!/bin/sh\n'), 'does not begin like'],
    ['only a magic', ldSoCacheBytes(LIBRARIES).subarray(0, 30), 'ends inside its header'],
    ['only an old magic', Buffer.from('ld.so-1.7.0\0'), 'ends inside its header'],
    ['a table that is cut off', ldSoCacheBytes(LIBRARIES).subarray(0, 60), 'too short for its 3 entries'],
  ])('refuses %s', (_what, bytes, why) => {
    expect(parseLdSoCache(bytes)).toMatchObject({ ok: false, why: expect.stringContaining(why) });
  });

  it('refuses a count that the file cannot hold', () => {
    const bytes = ldSoCacheBytes(LIBRARIES);
    bytes.writeUInt32LE(0xffff_ffff, 20);
    expect(parseLdSoCache(bytes)).toMatchObject({ ok: false });
  });

  it('refuses a cache of a big-endian machine', () => {
    const bytes = ldSoCacheBytes(LIBRARIES);
    bytes.writeUInt8(3, 28);
    expect(parseLdSoCache(bytes)).toMatchObject({ ok: false, why: expect.stringContaining('big-endian') });
  });

  it('skips and counts entries that point outside of the file or to no end', () => {
    const bytes = ldSoCacheBytes(LIBRARIES);
    bytes.writeUInt32LE(0xffff_fff0, 48 + 4);
    expect(parseLdSoCache(bytes)).toMatchObject({ ok: true, skipped: 1, entries: { length: 2 } });
    expect(parseLdSoCache(ldSoCacheBytes(LIBRARIES).subarray(0, -1))).toMatchObject({ ok: true, skipped: 1 });
  });

  it('answers for every damaged file', () => {
    const whole = ldSoCacheBytes(LIBRARIES, { oldEntries: 1 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 12 }),
        fc.nat(whole.length),
        (changes, length) => {
          const bytes = Buffer.from(whole);
          for (const [at, value] of changes) bytes.writeUInt8(value, at);
          const cache = parseLdSoCache(bytes.subarray(0, length));
          expect(cache.ok ? cache.entries.every(({ name }) => name !== '') : cache.why !== '').toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
