const OLD_MAGIC = 'ld.so-1.7.0';
const NEW_MAGIC = 'glibc-ld.so.cache1.1';
const OLD_HEADER_BYTES = 16;
const OLD_ENTRY_BYTES = 12;
const NEW_HEADER_BYTES = 48;
const NEW_ENTRY_BYTES = 24;

/** One library of the cache. */
export interface LdSoCacheEntry {
  /** `libcudart.so.12`. */
  readonly name: string;
  readonly path: string;
  /** ABI of the library: the low byte is the kind of C library, the next one the architecture. */
  readonly flags: number;
  /** Whether the library is only for processors with certain instructions (`glibc-hwcaps`). */
  readonly needsHardware: boolean;
}

export type LdSoCache =
  | { readonly ok: true; readonly entries: readonly LdSoCacheEntry[]; readonly skipped: number }
  | { readonly ok: false; readonly why: string };

/**
 * Reads `/etc/ld.so.cache` in glibc's format 1.1, alone or behind the format of libc5 and old glibc, and
 * that old format alone. Entries whose strings lie outside the file are skipped and counted; a file whose
 * tables do not fit into it is refused. Layout: `sysdeps/generic/dl-cache.h` of glibc.
 */
export function parseLdSoCache(bytes: Uint8Array): LdSoCache {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (startsWith(data, 0, NEW_MAGIC)) return parseNew(data, 0);
  if (!startsWith(data, 0, OLD_MAGIC)) return { ok: false, why: 'it does not begin like a cache of glibc' };
  if (data.length < OLD_HEADER_BYTES) return { ok: false, why: 'it ends inside its header' };
  const count = data.readUInt32LE(12);
  const tableEnd = OLD_HEADER_BYTES + count * OLD_ENTRY_BYTES;
  if (tableEnd > data.length) return { ok: false, why: `it is too short for its ${count} entries` };
  // The new format follows at the next multiple of the alignment of its widest member, 8 bytes.
  const newStart = Math.ceil(tableEnd / 8) * 8;
  if (startsWith(data, newStart, NEW_MAGIC)) return parseNew(data, newStart);
  return readEntries(data, count, {
    table: OLD_HEADER_BYTES,
    entryBytes: OLD_ENTRY_BYTES,
    strings: tableEnd,
  });
}

function parseNew(data: Buffer, start: number): LdSoCache {
  if (data.length < start + NEW_HEADER_BYTES) return { ok: false, why: 'it ends inside its header' };
  // The low two bits: 0 unset (written by an older ldconfig), 2 little endian, 3 big endian.
  if ((data.readUInt8(start + 28) & 3) === 3)
    return { ok: false, why: 'it was written for a big-endian machine' };
  const count = data.readUInt32LE(start + 20);
  const table = start + NEW_HEADER_BYTES;
  if (table + count * NEW_ENTRY_BYTES > data.length) {
    return { ok: false, why: `it is too short for its ${count} entries` };
  }
  return readEntries(data, count, { table, entryBytes: NEW_ENTRY_BYTES, strings: start });
}

function readEntries(
  data: Buffer,
  count: number,
  layout: { readonly table: number; readonly entryBytes: number; readonly strings: number },
): LdSoCache {
  const entries: LdSoCacheEntry[] = [];
  let skipped = 0;
  // One text for all strings: hundreds of small ones cost milliseconds, and every character is one byte here.
  const text = data.toString('latin1');
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let index = 0; index < count; index += 1) {
    const at = layout.table + index * layout.entryBytes;
    const name = readString(text, layout.strings + view.getUint32(at + 4, true));
    const path = readString(text, layout.strings + view.getUint32(at + 8, true));
    if (name === null || path === null) {
      skipped += 1;
      continue;
    }
    const needsHardware = layout.entryBytes === NEW_ENTRY_BYTES && view.getBigUint64(at + 16, true) !== 0n;
    entries.push({ name, path, flags: view.getInt32(at, true), needsHardware });
  }
  return { ok: true, entries, skipped };
}

function readString(text: string, start: number): string | null {
  if (start >= text.length) return null;
  const end = text.indexOf('\0', start);
  if (end <= start) return null;
  const bytes = text.slice(start, end);
  return /[\u0080-\u00FF]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}

function startsWith(data: Buffer, at: number, magic: string): boolean {
  return data.length >= at + magic.length && data.toString('latin1', at, at + magic.length) === magic;
}
