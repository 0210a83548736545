import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTensor, TensorError, type DType, type Tensor } from '@switchyard/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNpy } from '../inputs/npy.ts';
import { writeNpy } from './write-npy.ts';
import { writeNpz } from './write-npz.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'switchyard-npy-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const python = (...parameters: string[]): string =>
  execFileSync('python3', ['-c', ...parameters], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

function hasNumpy(): boolean {
  try {
    python('import numpy');
    return true;
  } catch {
    return false;
  }
}

const tensors: Readonly<Record<string, Tensor>> = {
  float16: makeTensor('float16', [2, 2], [1.5, -0, Infinity, 65504]),
  float32: makeTensor('float32', [4], [0.1, -1e38, -Infinity, 1e-45]),
  float64: makeTensor('float64', [1, 3], [0.1, 5e-324, 1.7976931348623157e308]),
  int8: makeTensor('int8', [2], [-128, 127]),
  int16: makeTensor('int16', [2], [-32768, 32767]),
  int32: makeTensor('int32', [2], [-2147483648, 2147483647]),
  int64: makeTensor('int64', [2, 1], [-(2n ** 63n), 2n ** 63n - 1n]),
  uint8: makeTensor('uint8', [3], [0, 1, 255]),
  uint16: makeTensor('uint16', [1], [65535]),
  uint32: makeTensor('uint32', [1], [4294967295]),
  uint64: makeTensor('uint64', [1], [2n ** 64n - 1n]),
  bool: makeTensor('bool', [2, 2], [true, false, false, true]),
  string: makeTensor('string', [3], ['', 'häuser', '\u{1F600} x']),
  scalar: makeTensor('float32', [], [2.5]),
  empty: makeTensor('int64', [0, 3], []),
  'empty text': makeTensor('string', [0], []),
};

const PRINT = `
import json, sys, numpy
a = numpy.load(sys.argv[1]) if len(sys.argv) == 2 else numpy.load(sys.argv[1])[sys.argv[2]]
values = [float(v).hex() if a.dtype.kind == "f" else v if a.dtype.kind in "bU" else str(v) for v in a.reshape(-1).tolist()]
print(json.dumps([a.dtype.str, list(a.shape), values]))
`;

/** What NumPy should answer, written down rather than calculated. */
const ANSWERS: Readonly<Record<string, readonly [string, readonly number[], readonly (string | boolean)[]]>> =
  {
    float16: ['<f2', [2, 2], ['0x1.8000000000000p+0', '-0x0.0p+0', 'inf', '0x1.ffc0000000000p+15']],
    float32: [
      '<f4',
      [4],
      ['0x1.99999a0000000p-4', '-0x1.2ced320000000p+126', '-inf', '0x1.0000000000000p-149'],
    ],
    float64: ['<f8', [1, 3], ['0x1.999999999999ap-4', '0x0.0000000000001p-1022', '0x1.fffffffffffffp+1023']],
    int8: ['|i1', [2], ['-128', '127']],
    int16: ['<i2', [2], ['-32768', '32767']],
    int32: ['<i4', [2], ['-2147483648', '2147483647']],
    int64: ['<i8', [2, 1], ['-9223372036854775808', '9223372036854775807']],
    uint8: ['|u1', [3], ['0', '1', '255']],
    uint16: ['<u2', [1], ['65535']],
    uint32: ['<u4', [1], ['4294967295']],
    uint64: ['<u8', [1], ['18446744073709551615']],
    bool: ['|b1', [2, 2], [true, false, false, true]],
    string: ['<U6', [3], ['', 'häuser', '\u{1F600} x']],
    scalar: ['<f4', [], ['0x1.4000000000000p+1']],
    empty: ['<i8', [0, 3], []],
    'empty text': ['<U1', [0], []],
  };

describe.skipIf(!hasNumpy())('NumPy reads what is written (skipped where python3 has no numpy)', () => {
  it.each(Object.keys(tensors))('%s', (name) => {
    const path = join(directory, 'a.npy');
    writeFileSync(path, writeNpy(tensors[name]!));
    expect(JSON.parse(python(PRINT, path))).toEqual(ANSWERS[name]);
  });

  it('an archive', async () => {
    const path = join(directory, 'a.npz');
    writeFileSync(path, await writeNpz({ 'a/b:0': tensors.int8!, größe: tensors.string! }));
    expect(JSON.parse(python(PRINT, path, 'a/b:0'))).toEqual(ANSWERS.int8);
    expect(JSON.parse(python(PRINT, path, 'größe'))).toEqual(ANSWERS.string);
  });
});

describe('writeNpy', () => {
  it.each([
    'little-f2',
    'little-f4',
    'little-f8',
    'little-i1',
    'little-i8',
    'little-u2',
    'bool',
    'empty-f4',
    'scalar-f8',
  ])('writes byte for byte what NumPy wrote: %s', (name) => {
    const theirs = readFileSync(new URL(`../inputs/__fixtures__/${name}.npy`, import.meta.url));
    const ours = writeNpy(readNpy(theirs, name));
    // NumPy's header may be padded by 64 more bytes to let the first dimension grow.
    const padding = theirs.readUInt16LE(8) - new DataView(ours.buffer).getUint16(8, true);
    expect(padding % 64).toBe(0);
    expect(Buffer.from(ours.subarray(-theirs.length + 10 + theirs.readUInt16LE(8)))).toEqual(
      Buffer.from(theirs.subarray(-theirs.length + 10 + theirs.readUInt16LE(8))),
    );
    expect(new TextDecoder('latin1').decode(ours.subarray(10)).slice(0, 55)).toBe(
      theirs.subarray(10).toString('latin1').slice(0, 55),
    );
  });

  it('starts the data at a multiple of 64, also with a header of version 2.0', () => {
    const deep = makeTensor(
      'int8',
      Array.from({ length: 30_000 }, () => 1),
      [7],
    );
    const bytes = writeNpy(deep);
    expect([bytes[6], (bytes.length - 1) % 64]).toEqual([2, 0]);
    expect(readNpy(bytes, 'deep')).toEqual(deep);
  });

  it.each<DType>(['bfloat16', 'int4', 'uint4'])('refuses %s, which NumPy lacks', (dtype) => {
    const write = (): Uint8Array => writeNpy(makeTensor(dtype, [1], [1]), 'logits');
    expect(write).toThrow(
      `NumPy has no ${dtype}, which the output \`logits\` is. Write it as \`.json\` or as raw \`.bin\`.`,
    );
    expect(write).toThrow(TensorError);
  });

  it('refuses text that NumPy would cut', () => {
    expect(() => writeNpy(makeTensor('string', [1], ['a\0']))).toThrow('ends in a NUL character');
  });
});

it('writeNpz gives the same bytes for the same outputs', async () => {
  expect(await writeNpz(tensors)).toEqual(await writeNpz(tensors));
});
