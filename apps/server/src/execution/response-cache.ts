import { createHash } from 'node:crypto';
import type { Tensor, Tensors } from '@switchyard/core';
import { LRUCache } from 'lru-cache';

/** Answers by what was asked, bounded in bytes; what was not asked for the longest time goes first. */
export class ResponseCache {
  readonly #answers: LRUCache<string, Tensors>;

  constructor(maxBytes: number) {
    this.#answers = new LRUCache({ maxSize: maxBytes, sizeCalculation: sizeOf });
  }

  get(key: string): Tensors | null {
    return this.#answers.get(key) ?? null;
  }

  /** Keeps a copy: the answer itself may be a part of the memory of a whole batch. */
  set(key: string, outputs: Tensors): void {
    const copies: [string, Tensor][] = [];
    for (const [name, tensor] of Object.entries(outputs)) {
      copies.push([
        name,
        tensor.dtype === 'string' ? tensor : { ...tensor, bytes: new Uint8Array(tensor.bytes) },
      ]);
    }
    this.#answers.set(key, Object.fromEntries(copies));
  }
}

/** SHA-256 over everything that the answer depends on: names, dtypes, shapes and content of inputs, and outputs. */
export function cacheKey(feeds: Tensors, outputs: readonly string[] | null): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(outputs));
  for (const name of Object.keys(feeds).toSorted()) {
    const tensor = feeds[name]!;
    // The text is JSON and says how much content follows, so that no two requests read the same.
    if (tensor.dtype === 'string') {
      hash.update(JSON.stringify([name, tensor.dtype, tensor.shape, tensor.strings]));
    } else {
      hash.update(JSON.stringify([name, tensor.dtype, tensor.shape, tensor.bytes.byteLength]));
      hash.update(tensor.bytes);
    }
  }
  return hash.digest('base64');
}

function sizeOf(outputs: Tensors, key: string): number {
  let bytes = key.length + 64;
  for (const [name, tensor] of Object.entries(outputs)) {
    bytes += name.length + 64;
    if (tensor.dtype !== 'string') bytes += tensor.bytes.byteLength;
    else for (const text of tensor.strings) bytes += 2 * text.length + 16;
  }
  return bytes;
}
