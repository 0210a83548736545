import { makeTensor, tensorValues, type DType, type NumericTensor } from '@switchyard/core';
import { identityModel } from '@switchyard/onnx/testing';
import { describe, expect, it } from 'vitest';
import { openModel } from './__fixtures__/open-model.ts';
import { WASM_DTYPES } from './wasm-facts.ts';

type Value = number | bigint | boolean | string;

const VALUES: Readonly<Partial<Record<DType, readonly Value[]>>> = {
  float32: [0, -0, 1.5, Infinity, NaN, 1e-45],
  float64: [0, -0, Math.PI, -Infinity, NaN, 5e-324],
  float16: [0, -0, 1.5, 65504, NaN, 2 ** -24],
  int8: [-128, 127, 0, 1, 2, 3],
  int16: [-32768, 32767, 0, 1, 2, 3],
  int32: [-2147483648, 2147483647, 0, 1, 2, 3],
  int64: [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n, 0n, 1n, -1n],
  uint8: [0, 255, 1, 2, 3, 4],
  uint16: [0, 65535, 1, 2, 3, 4],
  uint32: [0, 4294967295, 1, 2, 3, 4],
  uint64: [0n, 2n ** 64n - 1n, 2n ** 53n + 1n, 1n, 2n, 3n],
  bool: [true, false, false, true, true, false],
  string: ['', 'a', 'é\r\n', '😀', '\u{10ffff}\ufeff\uffff', 'longer than sixteen bytes ü'],
};

describe.each(WASM_DTYPES)('%s through a real session', (dtype) => {
  it.each([[[6]], [[2, 3]], [[1]], [[]], [[0, 3]]])('of shape %o comes back bit by bit', async (shape) => {
    const session = await openModel(
      identityModel(
        dtype,
        shape.map((_, axis) => (axis === 0 ? 'n' : null)),
      ),
    );
    const count = shape.reduce((product, size) => product * size, 1);
    const x = makeTensor(dtype, shape, VALUES[dtype]!.slice(0, count));
    expect(session.inputs).toEqual([
      { name: 'x', dtype, shape: shape.map((_, axis) => (axis === 0 ? 'n' : null)) },
    ]);
    const { y } = await session.doRun({ x });
    expect(y).toEqual(x);
    await session[Symbol.asyncDispose]();
  });
});

it('takes bytes at any offset', async () => {
  const session = await openModel(identityModel('float64'));
  const aligned = makeTensor('float64', [2], [1.5, -2]) as NumericTensor;
  for (let offset = 0; offset < 8; offset += 1) {
    const bytes = new Uint8Array(32).subarray(offset, offset + 16);
    bytes.set(aligned.bytes);
    const { y } = await session.doRun({ x: { ...aligned, bytes } });
    expect(tensorValues(y!)).toEqual([1.5, -2]);
  }
});

it('takes bytes in shared memory', async () => {
  const session = await openModel(identityModel('float32'));
  const bytes = new Uint8Array(new SharedArrayBuffer(8));
  bytes.set((makeTensor('float32', [2], [3, 4]) as NumericTensor).bytes);
  const { y } = await session.doRun({ x: { dtype: 'float32', shape: [2], bytes } });
  expect(tensorValues(y!)).toEqual([3, 4]);
});

it('gives each result memory of its own', async () => {
  const session = await openModel(identityModel('float32'));
  const x = makeTensor('float32', [2], [1, 2]);
  const first = (await session.doRun({ x }))['y'] as NumericTensor;
  first.bytes.fill(0);
  const second = (await session.doRun({ x }))['y'] as NumericTensor;
  first.bytes.fill(255);
  expect(tensorValues(x)).toEqual([1, 2]);
  expect(tensorValues(second)).toEqual([1, 2]);
});

it.each([
  ['a\0b', /Element 1 of the input `x` contains a NUL character/],
  ['\ud800', /Element 1 .* half of a surrogate pair/],
  ['x\udc00y', /Element 1 .* half of a surrogate pair/],
  ['\ufeffabc', /Element 1 .* begins with a byte order mark/],
  [7, /Element 1 .* is no string/],
])('refuses the string %j, which the engine would change', async (text, message) => {
  const session = await openModel(identityModel('string'));
  const running = session.doRun({ x: { dtype: 'string', shape: [2], strings: ['fine', text as string] } });
  await expect(running).rejects.toMatchObject({
    code: 'input-value',
    tensor: 'x',
    message: expect.stringMatching(message),
  });
});

it('refuses a bool that is neither 0 nor 1', async () => {
  const session = await openModel(identityModel('bool'));
  const x = { dtype: 'bool', shape: [2], bytes: Uint8Array.of(1, 2) } as const;
  await expect(session.doRun({ x })).rejects.toThrow(/Element 1 of the input `x` is the byte 2/);
});

it('leaves the globals as they were', async () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'Float16Array');
  const session = await openModel(identityModel('float16'));
  await session.doRun({ x: makeTensor('float16', [1], [1]) });
  expect(Object.getOwnPropertyDescriptor(globalThis, 'Float16Array')).toEqual(before);
});
