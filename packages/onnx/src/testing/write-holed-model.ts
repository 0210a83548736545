import { open } from 'node:fs/promises';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/**
 * Writes `y = Add(x, w)` as a file in which the values of `w` are a hole, so that a model of gigabytes takes no disk
 * where the file system has holes (NTFS fills them). It can be inspected; an engine would read zeros.
 *
 * @param bytes of the float32 initializer `w`, a multiple of 4
 */
export async function writeHoledModel(path: string, bytes: number): Promise<void> {
  const node = Buffer.concat([named(1, 'x'), named(1, 'w'), named(2, 'y'), named(4, 'Add')]);
  const dims = new BinaryWriter()
    .tag(1, WireType.Varint)
    .int64(bytes / 4)
    .tag(2, WireType.Varint)
    .int32(1)
    .finish();
  const rawHead = head(9, bytes);
  const tensorTail = named(8, 'w');
  const tensorLength = dims.length + rawHead.length + bytes + tensorTail.length;
  const graphHead = Buffer.concat([head(1, node.length), node, head(5, tensorLength)]);
  const [x, y] = [named(1, 'x'), named(1, 'y')];
  const graphTail = Buffer.concat([head(11, x.length), x, head(12, y.length), y]);
  const graphLength = graphHead.length + tensorLength + graphTail.length;
  const before = Buffer.concat([
    new BinaryWriter().tag(1, WireType.Varint).int64(9).finish(),
    head(7, graphLength),
    graphHead,
    dims,
    rawHead,
  ]);
  const after = Buffer.concat([tensorTail, graphTail]);
  const file = await open(path, 'w');
  try {
    await file.truncate(before.length + bytes + after.length);
    await file.write(before, 0, before.length, 0);
    await file.write(after, 0, after.length, before.length + bytes);
  } finally {
    await file.close();
  }
}

/** The head of a length-delimited field whose content is too long to be written. */
function head(field: number, length: number): Uint8Array {
  const writer = new BinaryWriter();
  writer.uint32(field * 8 + 2);
  writer.uint64(BigInt(length));
  return writer.finish();
}

function named(field: number, name: string): Uint8Array {
  return new BinaryWriter().tag(field, WireType.LengthDelimited).string(name).finish();
}
