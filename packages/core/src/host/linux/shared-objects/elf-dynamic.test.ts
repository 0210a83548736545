import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elfFile } from '../../../testing/elf-file.ts';
import { readElfDynamic, type ElfDynamic } from './elf-dynamic.ts';

interface Reads {
  readonly result: ElfDynamic;
  /** Bytes that were asked for. */
  readonly asked: number;
}

async function read(file: Uint8Array): Promise<Reads> {
  let asked = 0;
  const result = await readElfDynamic(async (offset, length) => {
    asked += length;
    return Buffer.from(file.subarray(offset, offset + length));
  });
  return { result, asked };
}

const SAMPLE = {
  needed: ['libcublasLt.so.12', 'libcudnn.so.9', 'libc.so.6'],
  soname: 'libonnxruntime_providers_cuda.so',
  runpath: '$ORIGIN:/opt/lib',
};

function changed(change: (file: Buffer) => void): Uint8Array {
  const file = Buffer.from(elfFile(SAMPLE));
  change(file);
  return file;
}

describe('readElfDynamic', () => {
  it('reads needed libraries, name and search path', async () => {
    expect((await read(elfFile(SAMPLE))).result).toEqual({ ok: true, machine: 62, rpath: null, ...SAMPLE });
    expect((await read(elfFile({ rpath: '/a', machine: 183 }))).result).toEqual({
      ok: true,
      machine: 183,
      soname: null,
      needed: [],
      rpath: '/a',
      runpath: null,
    });
  });

  it.each([
    ['an empty file', Buffer.alloc(0), 'it is no ELF file'],
    ['a text', Buffer.from('GROUP ( /lib/libm.so.6 )'), 'it is no ELF file'],
    ['a page of a proxy instead of a download', Buffer.from('<html>'.repeat(50)), 'it is no ELF file'],
    ['a header that is cut off', elfFile(SAMPLE).subarray(0, 40), 'it ends inside its header'],
    ['a table that is cut off', elfFile(SAMPLE).subarray(0, 100), 'it ends inside its program headers'],
    ['a section that is cut off', elfFile(SAMPLE).subarray(0, 200), 'it ends inside its dynamic section'],
    ['names that are cut off', elfFile(SAMPLE).subarray(0, 310), 'has no end'],
    ['32 bits', changed((file) => file.writeUInt8(1, 4)), 'it is for 32 bits'],
    ['another class', changed((file) => file.writeUInt8(7, 4)), 'its class is not known'],
    ['big-endian', changed((file) => file.writeUInt8(2, 5)), 'it is big-endian'],
    ['another byte order', changed((file) => file.writeUInt8(9, 5)), 'its byte order is not known'],
    ['an object file', changed((file) => file.writeUInt16LE(1, 16)), 'it is no shared object'],
    [
      'entries of another size',
      changed((file) => file.writeUInt16LE(32, 54)),
      'program headers have no form',
    ],
    [
      '65535 program headers',
      changed((file) => file.writeUInt16LE(0xffff, 56)),
      'program headers have no form',
    ],
    [
      'headers beyond every file',
      changed((file) => file.writeBigUInt64LE(2n ** 63n, 32)),
      'out of all bounds',
    ],
    ['no dynamic section', changed((file) => file.writeUInt32LE(4, 120)), 'it has no dynamic section'],
    [
      'a dynamic section of a terabyte',
      changed((file) => file.writeBigUInt64LE(2n ** 40n, 152)),
      'too large to be one',
    ],
    [
      'strings at no address',
      changed((file) => file.writeBigUInt64LE(1n, 176 + 5 * 16 + 8)),
      'outside the file',
    ],
    ['no strings', changed((file) => file.writeBigUInt64LE(99n, 176 + 5 * 16)), 'no table of strings'],
    [
      'a name beyond its table',
      changed((file) => file.writeBigUInt64LE(4000n, 184)),
      'outside its table of strings',
    ],
    ['a name of control characters', elfFile({ needed: ['lib\u001B[2J.so'] }), 'is no text'],
    [
      'more libraries than there are',
      elfFile({ needed: Array.from({ length: 300 }, () => 'l') }),
      'more than 256',
    ],
  ])('refuses %s', async (_what, file, why) => {
    expect((await read(file)).result).toEqual({ ok: false, why: expect.stringContaining(why) });
  });

  it('neither throws nor reads much, whatever the bytes are', async () => {
    const sample = elfFile(SAMPLE);
    const mutated = fc
      .array(fc.tuple(fc.nat(sample.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 })
      .map((changes) => {
        const file = Uint8Array.from(sample);
        for (const [at, value] of changes) file[at] = value;
        return file;
      });
    const cut = fc.nat(sample.length).map((length) => sample.subarray(0, length));
    const noise = fc
      .uint8Array({ maxLength: 400 })
      .map((bytes) => Uint8Array.from([...sample.subarray(0, 20), ...bytes]));
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated, cut, noise, fc.uint8Array({ maxLength: 400 })), async (file) => {
        const { result, asked } = await read(file);
        // 512 program headers, 64 KiB of entries, and 256 names with 3 more of 4 KiB at most.
        expect(asked).toBeLessThanOrEqual(64 + 512 * 56 + 65_536 + 259 * 4096);
        if (!result.ok) expect(result.why).toMatch(/\S/);
      }),
      { numRuns: 3000 },
    );
  });
});
