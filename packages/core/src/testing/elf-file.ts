/** What a shared object made by {@link elfFile} says of itself. */
export interface ElfFileParts {
  /** (optional) `DT_NEEDED` entries in their order. Default: none. */
  readonly needed?: readonly string[];
  /** (optional) `DT_SONAME`. Default: none. */
  readonly soname?: string;
  /** (optional) `DT_RPATH`. Default: none. */
  readonly rpath?: string;
  /** (optional) `DT_RUNPATH`. Default: none. */
  readonly runpath?: string;
  /** (optional) `e_machine`: 62 for x64, 183 for arm64. Default: 62. */
  readonly machine?: number;
}

const HEADER_BYTES = 64;
const SEGMENT_BYTES = 56;
/** Where the file stands in memory: not 0, so that a reader has to translate addresses. */
const BASE = 0x10_0000n;

/**
 * A 64-bit little-endian shared object that has a dynamic section and no code, so that tests need no
 * compiler. A loader would map it; there is nothing in it to run.
 */
export function elfFile(parts: ElfFileParts = {}): Uint8Array {
  const strings: Buffer[] = [Buffer.from('\0')];
  let stringBytes = 1;
  const text = (value: string): bigint => {
    const bytes = Buffer.from(`${value}\0`);
    strings.push(bytes);
    stringBytes += bytes.length;
    return BigInt(stringBytes - bytes.length);
  };
  const entries: [bigint, bigint][] = (parts.needed ?? []).map((name) => [1n, text(name)]);
  if (parts.soname !== undefined) entries.push([14n, text(parts.soname)]);
  if (parts.rpath !== undefined) entries.push([15n, text(parts.rpath)]);
  if (parts.runpath !== undefined) entries.push([29n, text(parts.runpath)]);
  const dynamicAt = HEADER_BYTES + 2 * SEGMENT_BYTES;
  const dynamicBytes = (entries.length + 3) * 16;
  entries.push([5n, BASE + BigInt(dynamicAt + dynamicBytes)], [10n, BigInt(stringBytes)], [0n, 0n]);

  const file = Buffer.concat([Buffer.alloc(dynamicAt + dynamicBytes), ...strings]);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeUInt16LE(3, 16);
  file.writeUInt16LE(parts.machine ?? 62, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(HEADER_BYTES), 32);
  file.writeUInt16LE(HEADER_BYTES, 52);
  file.writeUInt16LE(SEGMENT_BYTES, 54);
  file.writeUInt16LE(2, 56);
  const segment = (index: number, type: number, offset: number, bytes: number): void => {
    const at = HEADER_BYTES + index * SEGMENT_BYTES;
    file.writeUInt32LE(type, at);
    file.writeUInt32LE(4, at + 4);
    file.writeBigUInt64LE(BigInt(offset), at + 8);
    file.writeBigUInt64LE(BASE + BigInt(offset), at + 16);
    file.writeBigUInt64LE(BASE + BigInt(offset), at + 24);
    file.writeBigUInt64LE(BigInt(bytes), at + 32);
    file.writeBigUInt64LE(BigInt(bytes), at + 40);
    file.writeBigUInt64LE(8n, at + 48);
  };
  segment(0, 1, 0, file.length);
  segment(1, 2, dynamicAt, dynamicBytes);
  for (const [index, [tag, value]] of entries.entries()) {
    file.writeBigInt64LE(tag, dynamicAt + index * 16);
    file.writeBigUInt64LE(value, dynamicAt + index * 16 + 8);
  }
  return file;
}
