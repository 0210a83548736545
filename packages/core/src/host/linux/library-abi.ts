/** What tells the libraries of one architecture from others. */
export interface LibraryAbi {
  /** Architecture byte of the flags in `/etc/ld.so.cache` (`FLAG_REQUIRED_MASK` of glibc). */
  readonly cacheFlag: number;
  /** `e_machine` of ELF. */
  readonly elfMachine: number;
  /** Name in multiarch directories. */
  readonly multiarch: string;
  /** Name in `/etc/ld-musl-<name>.path`. */
  readonly musl: string;
}

const ABIS: Readonly<Record<string, LibraryAbi>> = {
  x64: { cacheFlag: 0x0300, elfMachine: 62, multiarch: 'x86_64-linux-gnu', musl: 'x86_64' },
  arm64: { cacheFlag: 0x0a00, elfMachine: 183, multiarch: 'aarch64-linux-gnu', musl: 'aarch64' },
};

/** How libraries of an architecture of Node are told from others; `null` for one that is not known here. */
export function libraryAbi(arch: string): LibraryAbi | null {
  return ABIS[arch] ?? null;
}

/** Whether the first 20 bytes of a file are those of a 64-bit little-endian ELF file for a machine. */
export function isElfFor(header: Uint8Array, elfMachine: number): boolean {
  if (header.length < 20) return false;
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const magic = view.getUint32(0) === 0x7f454c46;
  return magic && view.getUint8(4) === 2 && view.getUint8(5) === 1 && view.getUint16(18, true) === elfMachine;
}
