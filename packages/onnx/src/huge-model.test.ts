import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { expect, test } from 'vitest';
import { temporaryFolder } from './__fixtures__/temporary-folder.ts';

const GIB = 2 ** 30;

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

/** A model with one float32 initializer of `bytes` bytes in the middle of its graph, as a file with a hole. */
async function writeHoledModel(path: string, bytes: number): Promise<void> {
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

async function measure(
  path: string,
): Promise<Record<string, unknown> & { idleKib: number; peakKib: number }> {
  const script = fileURLToPath(new URL('__fixtures__/inspect-and-measure.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=@switchyard/source',
    script,
    path,
  ]);
  return JSON.parse(stdout) as Record<string, unknown> & { idleKib: number; peakKib: number };
}

// NTFS fills a hole with zeros on disk when something is written behind it.
const noHoles = process.platform === 'win32';
const skipped = noHoles ? ' (skipped: NTFS would fill the hole)' : '';

test.skipIf(noHoles)(
  `models of 2 and 6 GiB are read in far less than 200 MB of memory${skipped}`,
  async () => {
    const folder = await temporaryFolder();
    for (const bytes of [2 * GIB, 6 * GIB]) {
      const path = join(folder, `${bytes}.onnx`);
      await writeHoledModel(path, bytes);
      const facts = await measure(path);
      expect(facts).toMatchObject({
        inputs: [{ name: 'x' }],
        outputs: [{ name: 'y' }],
        operators: { Add: 1 },
        parameterCount: bytes / 4,
        parameterBytes: bytes,
      });
      expect(facts.peakKib).toBeLessThan(200_000);
      expect(facts.peakKib - facts.idleKib).toBeLessThan(30_000);
    }
  },
);
