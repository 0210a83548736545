import { takeMemory } from '../small-memory.ts';
import { putInteger, putSingle } from './put-numbers.ts';

const ENCODER = new TextEncoder();
const HEX = '0123456789abcdef';
/** Small messages are put together here, and copied once when they are complete. */
const SHARED = new Uint8Array(32768);

/** Puts a JSON text together as bytes. One at a time: writers of small texts share their memory. */
export class ByteWriter {
  #bytes: Uint8Array = SHARED;
  #length = 0;

  /** Makes room for about so many bytes more, so that it does not grow in steps. */
  reserve(expected: number): void {
    if (this.#length + expected > this.#bytes.length) this.#grow(expected);
  }

  /** What was written. The writer is done with it. */
  finish(): Uint8Array {
    const written = this.#bytes.subarray(0, this.#length);
    if (this.#bytes !== SHARED) return written;
    const bytes = takeMemory(this.#length);
    bytes.set(written);
    return bytes;
  }

  /** Writes one character of ASCII. */
  byte(code: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length] = code;
    this.#length += 1;
  }

  /** Writes characters of ASCII as they are. */
  ascii(text: string): void {
    const { length } = text;
    if (this.#length + length > this.#bytes.length) this.#grow(length);
    const bytes = this.#bytes;
    const start = this.#length;
    for (let index = 0; index < length; index += 1) bytes[start + index] = text.charCodeAt(index);
    this.#length = start + length;
  }

  /** Writes a string of JSON. */
  string(text: string): void {
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) {
        this.utf8(ENCODER.encode(text));
        return;
      }
    }
    this.byte(0x22);
    this.ascii(text);
    this.byte(0x22);
  }

  /** Writes a string of JSON whose UTF-8 is given, and was checked. */
  utf8(text: Uint8Array): void {
    let needed = text.length + 2;
    for (let index = 0; index < text.length; index += 1) {
      const code = text[index]!;
      if (code < 0x20) needed += 5;
      else if (code === 0x22 || code === 0x5c) needed += 1;
    }
    if (this.#length + needed > this.#bytes.length) this.#grow(needed);
    const bytes = this.#bytes;
    let length = this.#length;
    bytes[length++] = 0x22;
    for (let index = 0; index < text.length; index += 1) {
      const code = text[index]!;
      if (code >= 0x20) {
        if (code === 0x22 || code === 0x5c) bytes[length++] = 0x5c;
        bytes[length++] = code;
        continue;
      }
      bytes[length++] = 0x5c;
      bytes[length++] = 0x75;
      bytes[length++] = 0x30;
      bytes[length++] = 0x30;
      bytes[length++] = HEX.charCodeAt(code >> 4);
      bytes[length++] = HEX.charCodeAt(code & 15);
    }
    bytes[length++] = 0x22;
    this.#length = length;
  }

  /** Writes an integer that a number holds exactly. */
  integer(value: number): void {
    if (this.#length + 20 > this.#bytes.length) this.#grow(20);
    this.#length = putInteger(this.#bytes, this.#length, value);
  }

  /** Writes a finite double: the shortest text that reads as the same double. */
  double(value: number): void {
    if (Number.isInteger(value) && value < 1e9 && value > -1e9 && !Object.is(value, -0)) {
      this.integer(value);
    } else this.ascii(Object.is(value, -0) ? '-0' : String(value));
  }

  /** Writes a finite number of single precision: a short text that reads as the same one. */
  single(value: number): void {
    if (this.#length + 40 > this.#bytes.length) this.#grow(40);
    const after = putSingle(this.#bytes, this.#length, value);
    if (after > 0) this.#length = after;
    else this.double(value);
  }

  #grow(more: number): void {
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
