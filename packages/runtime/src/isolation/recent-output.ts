import type { Readable } from 'node:stream';

const KEPT_BYTES = 16 * 1024;

/** Keeps the end of what a stream said, as evidence; nothing of it is ever understood as an answer. */
export class RecentOutput {
  #text: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    stream.on('data', (chunk: Buffer) => {
      const text = this.#text.length === 0 ? chunk : Buffer.concat([this.#text, chunk]);
      this.#text = text.length <= KEPT_BYTES ? text : Buffer.from(text.subarray(text.length - KEPT_BYTES));
    });
    // A pipe that breaks says no more than that the process is gone, which its exit says better.
    stream.on('error', () => {});
  }

  /** The last 16 KiB. */
  toString(): string {
    return this.#text.toString('utf8');
  }

  /** The last lines, short enough for a message; `null` where nothing was said. */
  tail(): string | null {
    const text = this.toString().trimEnd();
    if (text === '') return null;
    return text.length <= 400 ? text : `...${text.slice(-400)}`;
  }
}
