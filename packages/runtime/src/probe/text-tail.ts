/** Keeps the end of a stream, whatever its length. */
export class TextTail {
  readonly #limit: number;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(chunk: Buffer): void {
    const joined = chunk.length >= this.#limit ? chunk : Buffer.concat([this.#bytes, chunk]);
    // Copied, because a part of a buffer keeps all of it alive.
    this.#bytes = Buffer.from(joined.subarray(Math.max(0, joined.length - this.#limit)));
  }

  /** The end as text. A character that was cut through at the beginning is replaced. */
  toString(): string {
    return this.#bytes.toString('utf8').trim();
  }
}
