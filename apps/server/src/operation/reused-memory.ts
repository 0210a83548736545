const SMALLEST = 1024;
/** What is kept for later use, all together. */
const MOST_KEPT = 33_554_432;

/**
 * Memory for bodies and for the feeds of batches, used again. Fresh memory of some megabytes for every
 * request costs several times what copying into it does, and makes the engine of JavaScript mark all of
 * its heap every few requests, on a processor that the model could have.
 */
export class ReusedMemory {
  readonly #free = new Map<number, Buffer[]>();
  #kept = 0;

  /** Bytes of at least this number; what is in them is whatever was. */
  take(byteLength: number): Buffer {
    const size = sizeFor(byteLength);
    const known = this.#free.get(size)?.pop();
    if (known === undefined) return Buffer.allocUnsafeSlow(size);
    this.#kept -= size;
    return known;
  }

  /** Takes back what {@link ReusedMemory.take} gave and nobody reads any more. */
  give(memory: Buffer): void {
    const size = memory.byteLength;
    if (size > MOST_KEPT) return;
    // The sizes that were asked for longest ago go first.
    for (const [other, buffers] of this.#free) {
      if (this.#kept + size <= MOST_KEPT) break;
      this.#kept -= other * buffers.length;
      this.#free.delete(other);
    }
    this.#kept += size;
    const free = this.#free.get(size);
    if (free === undefined) this.#free.set(size, [memory]);
    else free.push(memory);
  }
}

/** Rounded up by an eighth at most, so that what is of nearly one size shares memory. */
function sizeFor(byteLength: number): number {
  let step = SMALLEST / 8;
  while (step * 16 <= byteLength) step *= 2;
  return Math.max(SMALLEST, Math.ceil(byteLength / step) * step);
}
