import { readFileSync, readdirSync } from 'node:fs';
import { TensorError, tensorValues, type Tensor } from '@switchyard/core';
import { describe, expect, it } from 'vitest';
import { readNpy } from './npy.ts';

interface Expected {
  readonly descr: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  readonly values: readonly (string | boolean)[];
}

const fixture = (name: string): Uint8Array => readFileSync(new URL(`__fixtures__/${name}`, import.meta.url));
/** A fixture with one byte changed, counted from its end. */
const spoiled = (name: string, fromEnd: number, byte: number): Uint8Array => {
  const bytes = new Uint8Array(fixture(name));
  bytes[bytes.length - fromEnd] = byte;
  return bytes;
};
const arrays = JSON.parse(new TextDecoder().decode(fixture('arrays.json'))) as Record<string, Expected>;

/** Python's spelling of a value, which the expectation was recorded in. */
function spell(tensor: Tensor): unknown[] {
  return tensorValues(tensor).map((value) => {
    if (typeof value !== 'number' || !tensor.dtype.startsWith('float')) {
      return typeof value === 'boolean' || typeof value === 'string' ? value : String(value);
    }
    return value;
  });
}

const python = (text: string | boolean): number =>
  Number(String(text).replace('inf', 'Infinity').replace('nan', 'NaN'));

describe('what NumPy wrote', () => {
  it.each(Object.entries(arrays))('%s', (name, { descr, shape, values }) => {
    const tensor = readNpy(fixture(`${name}.npy`), name);
    expect(tensor.shape).toEqual(shape);
    const floats = /^[<>|]f/u.test(descr);
    expect(spell(tensor)).toEqual(floats ? values.map(python) : values);
  });

  it('covers every dtype in both byte orders, and Fortran order', () => {
    expect(
      new Set(
        Object.values(arrays).map(({ descr }) =>
          descr.replace(/\d+$/u, (width) => (/[US]/u.test(descr) ? '' : width)),
        ),
      ),
    ).toEqual(
      new Set(
        ['<f2', '>f2', '<f4', '>f4', '<f8', '>f8', '|i1', '|u1', '|b1', '<U', '>U', '|S'].concat(
          ['i2', 'i4', 'i8', 'u2', 'u4', 'u8'].flatMap((code) => [`<${code}`, `>${code}`]),
        ),
      ),
    );
    expect(Object.values(arrays).filter(({ fortran }) => fortran)).toHaveLength(3);
  });
});

describe('what no tensor holds', () => {
  it.each([
    ['object', 'Python objects'],
    ['complex', 'complex numbers (`<c16`)'],
    ['record', 'records'],
    ['date', '`<M8[D]`'],
    ['void', '`|V2`'],
  ])('%s', (name, words) => {
    const read = (): Tensor => readNpy(fixture(`refused/${name}.npy`), 'x.npy');
    expect(read).toThrow(words);
    expect(read).toThrow(expect.objectContaining({ code: 'input-dtype' }));
  });
});

describe('damaged files', () => {
  it('refuses every file that was cut off, wherever', () => {
    for (const name of readdirSync(new URL('__fixtures__', import.meta.url)).filter((file) =>
      file.endsWith('.npy'),
    )) {
      const bytes = fixture(name);
      // An array without elements has no data that could be missing.
      for (let length = 0; length < bytes.byteLength; length += 1) {
        try {
          readNpy(bytes.subarray(0, length), name);
        } catch (error) {
          expect(TensorError.isInstance(error) && error.code, `${name} at ${length}`).toBe(
            'input-unreadable',
          );
          continue;
        }
        expect.fail(`${name} was read from ${length} of ${bytes.byteLength} bytes.`);
      }
    }
  });

  it.each([
    ['too long', Uint8Array.of(...fixture('little-i4.npy'), 0), '24 bytes, but 25 follow'],
    ['no array', new TextEncoder().encode('hello world'), 'does not begin as one'],
    ['version 9', fixture('little-i4.npy').with(6, 9), 'format version 9.0'],
    ['a boolean of 2', spoiled('bool.npy', 1, 2), 'neither 0 nor 1'],
    ['a broken header', fixture('bool.npy').with(12, 0x58), 'header cannot be understood'],
    ['a code point that is none', spoiled('text.npy', 1, 0xff), 'is not Unicode'],
    ['bytes that are not UTF-8', spoiled('bytes.npy', 3, 0xff), 'is not UTF-8'],
  ])('%s', (_, bytes, words) => {
    expect(() => readNpy(bytes, 'x.npy')).toThrow(words);
    expect(() => readNpy(bytes, 'x.npy')).toThrow(TensorError);
  });
});
