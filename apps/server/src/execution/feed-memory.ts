const SMALLEST = 1024;

/**
 * Memory for the feeds of batches, used again: fresh memory of some megabytes costs several times what
 * copying into it does. Only a run that succeeded in a process of its own gives its memory back: nothing
 * reads its feeds any more then, and its results are elsewhere.
 */
export class FeedMemory {
  readonly #free = new Map<number, Uint8Array[]>();

  /** Bytes of at least this number; what is in them is whatever was. */
  take(byteLength: number): Uint8Array {
    const size = sizeFor(byteLength);
    return this.#free.get(size)?.pop() ?? new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
  }

  give(memory: Uint8Array): void {
    const size = memory.byteLength;
    const free = this.#free.get(size);
    if (free === undefined) this.#free.set(size, [memory]);
    else free.push(memory);
  }
}

/** The next power of two, so that batches of different sizes share memory. */
function sizeFor(byteLength: number): number {
  let size = SMALLEST;
  while (size < byteLength) size *= 2;
  return size;
}
