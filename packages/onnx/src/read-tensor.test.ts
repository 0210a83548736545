import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, it } from 'vitest';
import { dtypeNumber, type KnownOnnxDType } from './dtype.ts';
import { readTensor } from './read-tensor.ts';

type Fill = (writer: BinaryWriter) => void;

function tensorBytes(dtype: KnownOnnxDType, shape: readonly number[], fill: Fill): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.LengthDelimited).fork();
  for (const length of shape) writer.int64(length);
  writer.join();
  writer.tag(2, WireType.Varint).int32(dtypeNumber(dtype));
  fill(writer);
  return writer.tag(8, WireType.LengthDelimited).string('x').finish();
}

const packed =
  (field: number, write: (inner: BinaryWriter) => void): Fill =>
  (writer) => {
    writer.tag(field, WireType.LengthDelimited).fork();
    write(writer);
    writer.join();
  };

describe('readTensor', () => {
  it.each<[KnownOnnxDType, Fill, ArrayLike<number> & { readonly buffer: ArrayBufferLike }]>([
    ['float32', packed(4, (w) => w.float(1.5).float(-2)), new Float32Array([1.5, -2])],
    [
      'float32',
      (w) => w.tag(4, WireType.Bit32).float(1.5).tag(4, WireType.Bit32).float(-2),
      new Float32Array([1.5, -2]),
    ],
    ['float64', packed(10, (w) => w.double(1e300).double(0)), new Float64Array([1e300, 0])],
    ['int32', packed(5, (w) => w.int32(-7).int32(9)), new Int32Array([-7, 9])],
    ['int8', packed(5, (w) => w.int32(-7).int32(9)), new Int8Array([-7, 9])],
    ['bool', packed(5, (w) => w.int32(1).int32(0)), new Uint8Array([1, 0])],
    ['float16', packed(5, (w) => w.int32(0x3c00).int32(0xc000)), new Uint16Array([0x3c00, 0xc000])],
    ['uint32', packed(11, (w) => w.uint64(4294967295).uint64(1)), new Uint32Array([4294967295, 1])],
  ])('%s in the field of its kind', (dtype, fill, expected) => {
    const tensor = readTensor(tensorBytes(dtype, [2], fill));
    expect(tensor).toMatchObject({ name: 'x', dtype, shape: [2] });
    expect('bytes' in tensor && [...tensor.bytes]).toEqual([...new Uint8Array(expected.buffer)]);
  });

  it('reads 64-bit integers, raw data, texts, a scalar and an empty tensor', () => {
    const long = readTensor(
      tensorBytes(
        'int64',
        [1],
        packed(7, (w) => w.int64(-(2n ** 62n))),
      ),
    );
    expect('bytes' in long && new DataView(long.bytes.slice().buffer).getBigInt64(0, true)).toBe(
      -(2n ** 62n),
    );
    const raw = tensorBytes('uint8', [], (w) => w.tag(9, WireType.LengthDelimited).bytes(Uint8Array.of(200)));
    expect(readTensor(raw)).toEqual({ name: 'x', dtype: 'uint8', shape: [], bytes: Uint8Array.of(200) });
    const text = tensorBytes('string', [1], (w) => w.tag(6, WireType.LengthDelimited).string('é'));
    expect(readTensor(text)).toEqual({ name: 'x', dtype: 'string', shape: [1], strings: ['é'] });
    const empty = readTensor(tensorBytes('float32', [0, 3], () => undefined));
    expect(empty).toEqual({ name: 'x', dtype: 'float32', shape: [0, 3], bytes: new Uint8Array(0) });
  });

  it('refuses what is no tensor, and data that does not fit', () => {
    expect(() => readTensor(Uint8Array.of(0xff, 0xff), 'a.pb')).toThrow(
      /`a\.pb` is no file of one ONNX tensor/,
    );
    expect(() =>
      readTensor(
        tensorBytes(
          'float32',
          [3],
          packed(4, (w) => w.float(1)),
        ),
      ),
    ).toThrow(/\[3\] has 4 bytes/);
    const elsewhere = tensorBytes('float32', [1], (w) => w.tag(14, WireType.Varint).int32(1));
    expect(() => readTensor(elsewhere)).toThrow(/another file/);
  });
});
