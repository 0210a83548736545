import { WireFault } from './wire-fault.ts';

/** Reads up to `target.length` bytes at `position`; resolves to how many it read. */
export type ReadAt = (target: Uint8Array, position: number) => Promise<number>;

/** How much is read at once. Small, so that a walk over thousands of tensors does not drag their data along. */
const WINDOW_BYTES = 64 * 1024;

const decoder = new TextDecoder();

/**
 * A position in a file and the few bytes around it that are in memory. Moving the position costs nothing; bytes come
 * in only when {@link fill} is called, which the walker asks for when {@link holds} says no.
 */
export class ByteWindow {
  /** Absolute position in bytes. May be set anywhere up to {@link size}. */
  at = 0;
  /** Size of the whole file in bytes. */
  readonly size: number;
  #bytes: Uint8Array;
  #store: Uint8Array;
  #base = 0;
  readonly #read: ReadAt | undefined;

  private constructor(size: number, bytes: Uint8Array, read: ReadAt | undefined) {
    this.size = size;
    this.#bytes = bytes;
    this.#store = bytes;
    this.#read = read;
  }

  /** A window that is the whole content; it never needs filling. */
  static overBytes(bytes: Uint8Array): ByteWindow {
    return new ByteWindow(bytes.byteLength, bytes, undefined);
  }

  /** A window over something larger than memory. */
  static overFile(size: number, read: ReadAt): ByteWindow {
    return new ByteWindow(size, new Uint8Array(0), read);
  }

  /** Whether the next `count` bytes, or all up to the end of the file, are in memory. */
  holds(count: number): boolean {
    const wanted = Math.min(this.at + count, this.size);
    return this.at >= this.#base && wanted <= this.#base + this.#bytes.byteLength;
  }

  /** Brings the next `count` bytes into memory, or all up to the end of the file. */
  async fill(count: number): Promise<void> {
    if (this.#read === undefined) return;
    const length = Math.min(Math.max(count, WINDOW_BYTES), this.size - this.at);
    if (this.#store.byteLength < length) this.#store = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const got = await this.#read(this.#store.subarray(filled, length), this.at + filled);
      if (got === 0)
        throw new WireFault('truncated', `the file shrank to ${this.at + filled} bytes while it was read`);
      filled += got;
    }
    this.#base = this.at;
    this.#bytes = this.#store.subarray(0, length);
  }

  /** The bytes in memory from the position on, at most `count`. A view, gone with the next {@link fill}. */
  peek(count: number): Uint8Array {
    const start = this.at - this.#base;
    return this.#bytes.subarray(start, start + count);
  }

  /** Reads `count` bytes as UTF-8. They must be in memory. */
  text(count: number): string {
    const bytes = this.peek(count);
    this.at += count;
    return decoder.decode(bytes);
  }

  /**
   * Reads a 64-bit integer of at most ten bytes that must end before `end`. Beyond 2^53 the result is rounded.
   * Ten bytes must be in memory.
   */
  varint(end: number): number {
    let value = 0;
    let scale = 1;
    let large = 0n;
    for (let count = 0; count < 10; count += 1) {
      if (this.at >= end) throw this.#pastEnd(end);
      const byte = this.#bytes[this.at - this.#base]!;
      this.at += 1;
      // Seven groups of seven bits are exact in a number; only longer ones pay for bigint.
      if (count < 7) value += (byte & 0x7f) * scale;
      else large += BigInt(byte & 0x7f) << BigInt(7 * count);
      scale *= 128;
      if (byte < 0x80) return count < 7 ? value : Number(BigInt.asIntN(64, large + BigInt(value)));
    }
    throw new WireFault('malformed', 'a number has more than 10 bytes');
  }

  /** The end of the next `count` bytes, which must lie before `end`. */
  claim(count: number, end: number): number {
    const stop = this.at + count;
    if (count < 0) throw new WireFault('malformed', 'a length is negative');
    if (stop > this.size) {
      throw new WireFault(
        'truncated',
        `${count} bytes should follow, but the file has ${this.size - this.at} more`,
      );
    }
    if (stop > end) {
      throw new WireFault(
        'malformed',
        `${count} bytes should follow, but what holds them has ${end - this.at} more`,
      );
    }
    return stop;
  }

  #pastEnd(end: number): WireFault {
    return end >= this.size
      ? new WireFault('truncated', 'a number should follow, but the file ends')
      : new WireFault('malformed', 'a number should follow, but what holds it ends');
  }
}
