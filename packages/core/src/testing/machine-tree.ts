import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Files of a constructed machine by absolute path: content, `{ link }` for a symbolic link, `null` for a directory. */
export type TreeEntries = Readonly<Record<string, string | Uint8Array | { readonly link: string } | null>>;

/** Writes a machine below a temporary directory, which goes away with the value. */
export async function machineTree(
  ...parts: readonly TreeEntries[]
): Promise<AsyncDisposable & { readonly root: string }> {
  const root = await mkdtemp(join(tmpdir(), 'switchyard-machine-'));
  for (const [path, content] of Object.entries(Object.assign({}, ...parts) as TreeEntries)) {
    const at = join(root, path);
    await mkdir(content === null ? at : dirname(at), { recursive: true });
    if (typeof content === 'string' || content instanceof Uint8Array) await writeFile(at, content);
    else if (content !== null) await symlink(content.link, at);
  }
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
}

/** A cache of `ldconfig` in format 1.1, optionally behind the old format. */
export function ldSoCacheBytes(
  libraries: readonly {
    readonly name: string;
    readonly path: string;
    readonly flags?: number;
    readonly hwcap?: bigint;
  }[],
  options: { readonly oldEntries?: number; readonly onlyOld?: boolean } = {},
): Buffer {
  const tableBytes = 48 + libraries.length * 24;
  const strings: Buffer[] = [];
  let length = 0;
  const add = (text: string): number => {
    const bytes = Buffer.from(`${text}\0`);
    strings.push(bytes);
    length += bytes.length;
    return length - bytes.length;
  };
  const offsets = libraries.map(({ name, path }) => ({ name: add(name), path: add(path) }));
  if (options.onlyOld === true) {
    const old = Buffer.alloc(16 + libraries.length * 12);
    old.write('ld.so-1.7.0', 0, 'latin1');
    old.writeUInt32LE(libraries.length, 12);
    for (const [index, offset] of offsets.entries()) {
      old.writeInt32LE(libraries[index]?.flags ?? 0x0303, 16 + index * 12);
      old.writeUInt32LE(offset.name, 20 + index * 12);
      old.writeUInt32LE(offset.path, 24 + index * 12);
    }
    return Buffer.concat([old, ...strings]);
  }
  const table = Buffer.alloc(tableBytes);
  table.write('glibc-ld.so.cache1.1', 0, 'latin1');
  table.writeUInt32LE(libraries.length, 20);
  table.writeUInt32LE(length, 24);
  table.writeUInt8(2, 28);
  for (const [index, offset] of offsets.entries()) {
    const at = 48 + index * 24;
    table.writeInt32LE(libraries[index]?.flags ?? 0x0303, at);
    table.writeUInt32LE(tableBytes + offset.name, at + 4);
    table.writeUInt32LE(tableBytes + offset.path, at + 8);
    table.writeBigUInt64LE(libraries[index]?.hwcap ?? 0n, at + 16);
  }
  const cache = Buffer.concat([table, ...strings]);
  if (options.oldEntries === undefined) return cache;
  const oldBytes = Math.ceil((16 + options.oldEntries * 12) / 8) * 8;
  const old = Buffer.alloc(oldBytes);
  old.write('ld.so-1.7.0', 0, 'latin1');
  old.writeUInt32LE(options.oldEntries, 12);
  return Buffer.concat([old, cache]);
}
