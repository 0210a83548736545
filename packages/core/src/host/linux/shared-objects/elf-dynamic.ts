/** Reads part of a file: at most `length` bytes from `offset`, fewer where the file ends. */
export type ReadRange = (offset: number, length: number) => Promise<Buffer>;

/** What the dynamic section of a shared object says, or why the file is none that can be read. */
export type ElfDynamic =
  | {
      readonly ok: true;
      /** `e_machine`: 62 for x64, 183 for arm64. */
      readonly machine: number;
      /** Its own name (`DT_SONAME`), or `null` where it has none. */
      readonly soname: string | null;
      /** Libraries that it cannot be loaded without (`DT_NEEDED`), in their order. */
      readonly needed: readonly string[];
      /** `DT_RPATH` as it is written, or `null`. */
      readonly rpath: string | null;
      /** `DT_RUNPATH` as it is written, or `null`. */
      readonly runpath: string | null;
    }
  | { readonly ok: false; readonly why: string };

const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const MAX_PROGRAM_HEADERS = 512;
const ENTRY_BYTES = 16;
// A provider of ONNX Runtime has about forty entries, a large program a few hundred.
const MAX_DYNAMIC_BYTES = 64 * 1024;
const MAX_NEEDED = 256;
const MAX_TEXT_BYTES = 4096;

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const ET_DYN = 3;
const DT = { null: 0, needed: 1, stringTable: 5, stringBytes: 10, soname: 14, rpath: 15, runpath: 29 };

/** A file that is not what this reader reads. It never leaves this module. */
class Unreadable extends Error {}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly bytes: number;
}

/**
 * Reads the dynamic section of a 64-bit little-endian shared object. Nothing is loaded; at most some
 * hundred kilobytes are read, whatever the file claims of itself. Layout: System V ABI, chapters 4 and 5.
 * A failure of `read` is the caller's.
 */
export async function readElfDynamic(read: ReadRange): Promise<ElfDynamic> {
  try {
    const machineAndSegments = await readSegments(read);
    return await readDynamic(read, machineAndSegments.machine, machineAndSegments.segments);
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, why: error.message };
    throw error;
  }
}

async function readSegments(
  read: ReadRange,
): Promise<{ readonly machine: number; readonly segments: readonly Segment[] }> {
  const header = await read(0, HEADER_BYTES);
  if (header.length < 4 || header.readUInt32BE(0) !== 0x7f454c46) throw new Unreadable('it is no ELF file');
  if (header.length < HEADER_BYTES) throw new Unreadable('it ends inside its header');
  if (header[4] !== 2) throw new Unreadable(header[4] === 1 ? 'it is for 32 bits' : 'its class is not known');
  if (header[5] !== 1)
    throw new Unreadable(header[5] === 2 ? 'it is big-endian' : 'its byte order is not known');
  if (header.readUInt16LE(16) !== ET_DYN) throw new Unreadable('it is no shared object');
  const count = header.readUInt16LE(56);
  if (header.readUInt16LE(54) !== PROGRAM_HEADER_BYTES || count === 0 || count > MAX_PROGRAM_HEADERS)
    throw new Unreadable('its program headers have no form that is known');
  const table = await exactly(
    read,
    toNumber(header.readBigUInt64LE(32)),
    count * PROGRAM_HEADER_BYTES,
    'its program headers',
  );
  const segments = Array.from({ length: count }, (_unused, index): Segment => {
    const at = index * PROGRAM_HEADER_BYTES;
    return {
      type: table.readUInt32LE(at),
      offset: toNumber(table.readBigUInt64LE(at + 8)),
      address: toNumber(table.readBigUInt64LE(at + 16)),
      bytes: toNumber(table.readBigUInt64LE(at + 32)),
    };
  });
  return { machine: header.readUInt16LE(18), segments };
}

async function readDynamic(
  read: ReadRange,
  machine: number,
  segments: readonly Segment[],
): Promise<ElfDynamic> {
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  if (dynamic === undefined) throw new Unreadable('it has no dynamic section');
  if (dynamic.bytes > MAX_DYNAMIC_BYTES) throw new Unreadable('its dynamic section is too large to be one');
  const section = await exactly(read, dynamic.offset, dynamic.bytes, 'its dynamic section');
  const needed: number[] = [];
  const values = new Map<number, number>();
  for (let at = 0; at + ENTRY_BYTES <= section.length; at += ENTRY_BYTES) {
    const tag = Number(section.readBigInt64LE(at));
    if (tag === DT.null) break;
    // Other entries hold addresses and flags, which may be any 64 bits.
    if (!Object.values(DT).includes(tag)) continue;
    const value = toNumber(section.readBigUInt64LE(at + 8));
    if (tag === DT.needed) needed.push(value);
    else values.set(tag, value);
  }
  if (needed.length > MAX_NEEDED) throw new Unreadable(`it needs more than ${MAX_NEEDED} libraries`);
  const text = textsOf(read, segments, values.get(DT.stringTable), values.get(DT.stringBytes));
  const optional = async (tag: number): Promise<string | null> => {
    const offset = values.get(tag);
    return offset === undefined ? null : text(offset);
  };
  const names: string[] = [];
  for (const offset of needed) names.push(await text(offset));
  return {
    ok: true,
    machine,
    soname: await optional(DT.soname),
    needed: names,
    rpath: await optional(DT.rpath),
    runpath: await optional(DT.runpath),
  };
}

/** Reads single strings of the table, which in a large library has many megabytes. */
function textsOf(
  read: ReadRange,
  segments: readonly Segment[],
  address: number | undefined,
  bytes: number | undefined,
): (offset: number) => Promise<string> {
  return async (offset) => {
    if (address === undefined || bytes === undefined) throw new Unreadable('it has no table of strings');
    if (offset >= bytes) throw new Unreadable('a name lies outside its table of strings');
    const segment = segments.find(
      (one) => one.type === PT_LOAD && address >= one.address && address < one.address + one.bytes,
    );
    if (segment === undefined) throw new Unreadable('its table of strings lies outside the file');
    const start = segment.offset + (address - segment.address) + offset;
    const content = await read(start, Math.min(MAX_TEXT_BYTES, bytes - offset));
    const end = content.indexOf(0);
    if (end < 0) throw new Unreadable('a name in its table of strings has no end');
    const text = content.toString('utf8', 0, end);
    // Names end up in messages and on terminals.
    if (!/^[\u0020-\u007E\u00A1-\uFFFC]*$/.test(text)) throw new Unreadable('a name in it is no text');
    return text;
  };
}

async function exactly(read: ReadRange, offset: number, length: number, what: string): Promise<Buffer> {
  const bytes = await read(offset, length);
  if (bytes.length < length) throw new Unreadable(`it ends inside ${what}`);
  return bytes;
}

function toNumber(value: bigint): number {
  // Half of what a number holds exactly, so that a sum of two is exact as well.
  if (value > BigInt(Number.MAX_SAFE_INTEGER) / 2n)
    throw new Unreadable('a place in it is out of all bounds');
  return Number(value);
}
