import type { JsonReader } from './json-reader.ts';

/** Walks over the leaves of an array, whatever the arrays inside it. */
export class ElementWalker {
  readonly #reader: JsonReader;
  readonly #outside: number;
  #afterValue = false;

  /** The reader is at the opening bracket. */
  constructor(reader: JsonReader) {
    this.#reader = reader;
    this.#outside = reader.depth;
  }

  /** Moves the reader to the next leaf; `false` when the array ended, and is passed. */
  next(): boolean {
    const reader = this.#reader;
    const { bytes, end } = reader;
    let position = reader.position;
    let afterValue = this.#afterValue;
    let mayClose = false;
    for (;;) {
      const byte = position < end ? bytes[position]! : 0;
      if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
        position += 1;
        continue;
      }
      if (afterValue ? byte === 0x5d : byte === 0x5d && mayClose) {
        position += 1;
        reader.depth -= 1;
        if (reader.depth === this.#outside) {
          reader.position = position;
          return false;
        }
        afterValue = true;
        continue;
      }
      if (afterValue) {
        if (byte !== 0x2c) reader.fail('Missing a comma or ] after an array element.', position);
        position += 1;
        afterValue = false;
        mayClose = false;
        continue;
      }
      if (byte === 0x5b) {
        reader.position = position;
        reader.enter();
        position += 1;
        mayClose = true;
        continue;
      }
      reader.position = position;
      this.#afterValue = true;
      return true;
    }
  }
}
