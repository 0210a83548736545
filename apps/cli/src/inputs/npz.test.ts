import { readFileSync } from 'node:fs';
import { tensorValues } from '@switchyard/core';
import { describe, expect, it } from 'vitest';
import { readNpy } from './npy.ts';
import { readNpzMember } from './npz.ts';

const two = readFileSync(new URL('__fixtures__/two.npz', import.meta.url));
const one = readFileSync(new URL('__fixtures__/one.npz', import.meta.url));

describe('readNpzMember', () => {
  it.each([
    ['image', 'anything'],
    [null, 'image'],
    ['image.npy', 'anything'],
  ])('takes member %s for the input %s', async (member, tensor) => {
    const { name, bytes } = await readNpzMember(two, member, tensor, 'two.npz');
    expect(name).toBe('image');
    expect(tensorValues(readNpy(bytes, name))).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('knows names with a slash', async () => {
    const { bytes } = await readNpzMember(two, null, 'model/mask', 'two.npz');
    expect(tensorValues(readNpy(bytes, 'mask'))).toEqual([true, false]);
  });

  it('takes the only array, compressed as `savez_compressed` does', async () => {
    const { name, bytes } = await readNpzMember(one, null, 'x', 'one.npz');
    expect(name).toBe('arr_0');
    expect(tensorValues(readNpy(bytes, name))).toEqual(
      Array.from({ length: 100 }, (_, index) => BigInt(index)),
    );
  });

  it('names the nearest member', async () => {
    await expect(readNpzMember(two, 'imag', 'x', 'two.npz')).rejects.toThrow(
      'two.npz has no array `imag`; it has `image`, `model/mask`. Did you mean `#image`?',
    );
    await expect(readNpzMember(two, null, 'x', 'two.npz')).rejects.toThrow('like `file.npz#name`');
  });

  it('notices every flipped bit of the data', async () => {
    const start = Buffer.from(two).indexOf('\u0093NUMPY', 0, 'latin1');
    for (let at = start; at < start + 152; at += 7) {
      const broken = two.with(at, two[at]! ^ 4);
      await expect(readNpzMember(broken, 'image', 'x', 'two.npz')).rejects.toMatchObject({
        code: 'input-unreadable',
      });
    }
  });

  it('refuses what is cut off and what is no archive', async () => {
    for (const bytes of [
      one.subarray(0, one.length / 2),
      new TextEncoder().encode('PK but no archive, only text'),
    ]) {
      await expect(readNpzMember(bytes, null, 'x', 'one.npz')).rejects.toThrow('is not a NumPy archive');
    }
  });
});
