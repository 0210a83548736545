import { describe, expect, it } from 'vitest';
import { expectRefusal } from '../infer/__fixtures__/bodies.ts';
import type { WireTensor } from '../messages.ts';
import { fromWireBytes, toWireBytes } from './little-endian.ts';
import { tensorFrom } from './tensor-from.ts';
import { valuesOf } from './tensor-values.ts';

describe('tensorFrom and valuesOf', () => {
  it.each([
    ['BOOL', [true, false, 1, 0], [true, false, true, false]],
    ['UINT8', [0, 255], Uint8Array.of(0, 255)],
    ['INT8', [-128, 127n], Int8Array.of(-128, 127)],
    ['UINT16', [65535], Uint16Array.of(65535)],
    ['INT16', [-32768], Int16Array.of(-32768)],
    ['UINT32', [4294967295], Uint32Array.of(4294967295)],
    ['INT32', [-1], Int32Array.of(-1)],
    ['UINT64', [1, 18446744073709551615n], BigUint64Array.of(1n, 18446744073709551615n)],
    ['INT64', [-1, 9223372036854775807n], BigInt64Array.of(-1n, 9223372036854775807n)],
    ['FP16', [0.1, -2], Float32Array.of(0.0999755859375, -2)],
    ['BF16', [0.1], Float32Array.of(0.10009765625)],
    ['FP32', [0.1], Float32Array.of(0.1)],
    ['FP64', [0.1], Float64Array.of(0.1)],
    ['BYTES', ['é', Uint8Array.of(65), ''], ['é', 'A', '']],
  ] as const)('carry %s', (datatype, values, expected) => {
    expect(valuesOf(tensorFrom('x', datatype, [values.length], [...values]))).toEqual(expected);
  });

  it('take a typed array of the same elements as it is, whatever its offset', () => {
    const values = new Float32Array([1, 2, 3, 4]).subarray(1, 3);
    const tensor = tensorFrom('x', 'FP32', [2], values);
    expect(tensor.content.kind === 'bytes' && tensor.content.bytes.buffer).toBe(values.buffer);
    expect(valuesOf(tensor)).toEqual(values);
    const shifted = new Uint8Array(13).subarray(1, 9);
    shifted.set(new Uint8Array(new Float32Array([5, 6]).buffer));
    expect(valuesOf({ ...tensor, content: { kind: 'bytes', bytes: shifted } })).toEqual(
      Float32Array.of(5, 6),
    );
    expect(valuesOf(tensorFrom('x', 'INT8', [1], Float64Array.of(3)))).toEqual(Int8Array.of(3));
  });

  it('refuse what does not fit', () => {
    expectRefusal(
      () => tensorFrom('x', 'UINT8', [1], [256]),
      "element 0 of tensor 'x' is 256, which does not fit UINT8",
    );
    expectRefusal(
      () => tensorFrom('x', 'INT8', [2], [1, 1.5]),
      "element 1 of tensor 'x' is 1.5, which does not fit INT8",
    );
    expectRefusal(
      () => tensorFrom('x', 'INT64', [1], [2 ** 60]),
      "element 0 of tensor 'x' is 1152921504606847000, which does not fit INT64",
    );
    expectRefusal(
      () => tensorFrom('x', 'FP32', [1], ['1']),
      "element 0 of tensor 'x' is a string, which does not fit FP32",
    );
    expectRefusal(
      () => tensorFrom('x', 'BOOL', [1], [2]),
      "element 0 of tensor 'x' is 2, which does not fit BOOL",
    );
    expectRefusal(
      () => tensorFrom('x', 'BYTES', [1], [2]),
      "element 0 of tensor 'x' is 2, which does not fit BYTES",
    );
    expectRefusal(
      () => tensorFrom('x', 'FP32', [2, 2], [1]),
      "tensor 'x' of shape [2,2] has 4 elements, got 1 values",
    );
    expectRefusal(
      () => tensorFrom('x', 'FP32', [-1], [1]),
      "tensor 'x' has the size -1 in its shape, expected integers of 0 or more",
    );
  });

  it('say where values are that cannot be had', () => {
    const bytes = tensorFrom('x', 'BYTES', [1], [Uint8Array.of(255)]);
    expectRefusal(
      () => valuesOf(bytes),
      "element 0 of tensor 'x' is not UTF-8: read `content.elements` instead.",
    );
    const region: WireTensor = { ...bytes, content: { kind: 'region', region: 'r', offset: 0, byteSize: 1 } };
    expectRefusal(
      () => valuesOf(region),
      "tensor 'x' is in the shared memory region 'r', which only its owner can read",
    );
  });
});

describe('bytes of the wire', () => {
  it('are turned round on hosts whose high byte comes first', () => {
    expect([...toWireBytes(Uint8Array.of(1, 2), false)]).toEqual([1, 2]);
    const written = toWireBytes(new Uint16Array(Uint8Array.of(1, 2, 3, 4).buffer), false);
    expect([...written]).toEqual([2, 1, 4, 3]);
    const source = Uint8Array.of(1, 2, 3, 4);
    expect([...fromWireBytes(source, 4, false)]).toEqual([4, 3, 2, 1]);
    expect([...source]).toEqual([1, 2, 3, 4]);
    expect(fromWireBytes(source, 4, true)).toBe(source);
  });
});
