import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { errorText } from '@switchyard/core';
import type { Entry, ZipFile } from 'yauzl';
import { AcquireError } from './acquire-error.ts';
import type { NativePart } from './native-part.ts';

/** No library of an engine comes near it; a few bytes can be made to unpack to any number. */
const MAX_BYTES = 8 * 2 ** 30;
const SYMBOLIC_LINK = 0o120_000;

/**
 * Unpacks the files of a part, and nothing else, from a zip archive such as a `.nupkg`. Each goes under the name
 * that the part gives it, whatever the archive calls it; lengths and checksums inside are compared.
 *
 * @throws AcquireError `archive-unsafe`
 */
export async function unpackZip(archive: string, files: NativePart['files'], folder: string): Promise<void> {
  const { openPromise } = await import('yauzl');
  const seen = new Set<string>();
  let zip: ZipFile | null = null;
  try {
    zip = await openPromise(archive, { autoClose: false, strictFileNames: true, validateEntrySizes: true });
    for await (const entry of zip.eachEntry()) {
      const wanted = files.find(({ from }) => from === entry.fileName);
      if (wanted === undefined) continue;
      check(entry, seen.has(wanted.file));
      seen.add(wanted.file);
      const target = createWriteStream(join(folder, wanted.file), { flags: 'wx' });
      await pipeline(await zip.openReadStreamPromise(entry), (source) => compared(source, entry), target);
    }
  } catch (error) {
    if (AcquireError.isInstance(error) || isSystemError(error)) throw error;
    throw unsafe(`the archive is damaged or unsafe: ${errorText(error)}`, error);
  } finally {
    zip?.close();
  }
  const absent = files.find(({ file }) => !seen.has(file));
  if (absent !== undefined) throw unsafe(`it does not hold \`${absent.from}\``);
}

/** The bytes of an entry, with their checksum compared at the end, which the library leaves to its caller. */
async function* compared(source: AsyncIterable<Uint8Array>, entry: Entry): AsyncGenerator<Uint8Array, void> {
  let sum = 0;
  for await (const chunk of source) {
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (sum !== entry.crc32)
    throw unsafe(`the archive is damaged or unsafe: the checksum of \`${entry.fileName}\` is wrong`);
}

function check({ fileName, uncompressedSize, externalFileAttributes }: Entry, again: boolean): void {
  if (again) throw unsafe(`it holds \`${fileName}\` twice`);
  if (uncompressedSize > MAX_BYTES) throw unsafe(`\`${fileName}\` would have ${uncompressedSize} bytes`);
  if (((externalFileAttributes >>> 16) & 0o170_000) === SYMBOLIC_LINK)
    throw unsafe(`\`${fileName}\` is a link`);
}

function isSystemError(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException).syscall === 'string';
}

/** An archive that is not unpacked, with the problem as part of a sentence. */
export function unsafe(problem: string, cause?: unknown): AcquireError {
  return new AcquireError(
    'archive-unsafe',
    `The archive was not unpacked: ${problem}.`,
    'Nothing was installed. Check where it came from.',
    cause,
  );
}
