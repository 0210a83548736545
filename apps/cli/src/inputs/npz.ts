import { crc32 } from 'node:zlib';
import { nearestName, TensorError } from '@switchyard/core';

/**
 * Takes one array out of an archive as NumPy's `savez` writes it: the named member, else the one of the
 * input's name, else the only one. Checks its checksum. Throws a `TensorError` (`input-unreadable`).
 *
 * @param member name after `#`, with or without `.npy`; `null` for none
 * @param tensor name of the input
 */
export async function readNpzMember(
  bytes: Uint8Array,
  member: string | null,
  tensor: string,
  source: string,
): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  const { unzipSync } = await import('fflate');
  const names: string[] = [];
  const damaged = (why: string, cause?: unknown): TensorError =>
    new TensorError('input-unreadable', `${source} is not a NumPy archive that can be read: ${why}.`, {
      tensor,
      remedy: 'Write it again with `numpy.savez`.',
      ...(cause === undefined ? {} : { cause }),
    });
  let checksums: ReadonlyMap<string, number>;
  try {
    unzipSync(bytes, {
      filter: ({ name }) => {
        names.push(name);
        return false;
      },
    });
    checksums = readChecksums(bytes);
  } catch (error) {
    throw damaged((error as Error).message, error);
  }
  const name = chooseMember(names, member, tensor, source);
  let contents: Uint8Array | undefined;
  try {
    contents = unzipSync(bytes, { filter: (file) => file.name === name })[name];
  } catch (error) {
    throw damaged(`its member \`${name}\` is broken (${(error as Error).message})`, error);
  }
  if (contents === undefined || crc32(contents) !== checksums.get(name)) {
    throw damaged(`the checksum of its member \`${name}\` is wrong`);
  }
  return { name: name.replace(/\.npy$/u, ''), bytes: contents };
}

function chooseMember(
  names: readonly string[],
  member: string | null,
  tensor: string,
  source: string,
): string {
  const arrays = names.map((name) => name.replace(/\.npy$/u, ''));
  const list = arrays.length === 0 ? 'nothing' : arrays.map((name) => `\`${name}\``).join(', ');
  const find = (wanted: string): string | undefined =>
    names.find((name) => name === `${wanted}.npy`) ?? names.find((name) => name === wanted);
  if (member !== null) {
    const found = find(member);
    if (found !== undefined) return found;
    const nearest = nearestName(member, arrays);
    throw new TensorError('input-unreadable', `${source} has no array \`${member}\`; it has ${list}.`, {
      tensor,
      remedy: nearest === null ? 'Name one of those after `#`.' : `Did you mean \`#${nearest}\`?`,
    });
  }
  const found = find(tensor) ?? (names.length === 1 ? names[0] : undefined);
  if (found !== undefined) return found;
  throw new TensorError(
    'input-unreadable',
    `${source} has ${names.length} arrays (${list}), and none is named like the input \`${tensor}\`.`,
    { tensor, remedy: 'Choose one with `#` after the file, like `file.npz#name`.' },
  );
}

/**
 * CRC-32 of every member, from the central directory (APPNOTE.TXT 4.3.12): the library that unpacks
 * does not compare them, and a flipped bit would become a wrong number.
 */
function readChecksums(bytes: Uint8Array): ReadonlyMap<string, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const checksums = new Map<string, number>();
  let end = bytes.byteLength - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0) throw new Error('it has no directory');
  let at = view.getUint32(end + 16, true);
  if (at === 0xffffffff)
    at = Number(view.getBigUint64(Number(view.getBigUint64(end - 20 + 8, true)) + 48, true));
  while (at + 46 <= bytes.byteLength && view.getUint32(at, true) === 0x02014b50) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      view.getUint16(at + offset, true),
    );
    const utf8 = (view.getUint16(at + 8, true) & 0x800) !== 0;
    const name = bytes.subarray(at + 46, at + 46 + nameLength!);
    checksums.set(Buffer.from(name).toString(utf8 ? 'utf8' : 'latin1'), view.getUint32(at + 16, true));
    at += 46 + nameLength! + extraLength! + commentLength!;
  }
  return checksums;
}
