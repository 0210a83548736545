import type { SlotReader, SlotWriter } from './slot-files.ts';
import type { PendingRead } from './tensor-decoder.ts';
import type { TensorEncoder } from './tensor-encoder.ts';

/** From this size on, the other side reads the first part while the next one is written: two cores share the copying. */
const LEAST_BYTES = 1024 * 1024;
const STEP_BYTES = 1024 * 1024;

/** Whether a message can be announced before its bytes are there: all of its memory has to exist. */
export function isStreamable(slots: SlotWriter, slot: number, byteLength: number): boolean {
  return byteLength >= LEAST_BYTES && slots.isBacked(slot, byteLength);
}

/** Writes the large tensors of a message in steps, and says after each up to where they are there. */
export function streamShared(
  encoder: TensorEncoder,
  slots: SlotWriter,
  slot: number,
  announce: (until: number) => void,
): void {
  for (let at = 0; at < encoder.count; at += 1) {
    const start = encoder.positionAt(at);
    if (start < 0) continue;
    const bytes = encoder.bytesAt(at);
    for (let done = 0; done < bytes.byteLength;) {
      const next = Math.min(done + STEP_BYTES, bytes.byteLength);
      slots.write(slot, bytes.subarray(done, next), start + done);
      done = next;
      announce(start + done);
    }
  }
}

/** Reads the large tensors of a message as far as they are there. */
export class StreamedReads {
  readonly #slots: SlotReader;
  readonly #slot: number;
  readonly #reads: readonly PendingRead[];
  #at = 0;
  #done = 0;

  constructor(slots: SlotReader, slot: number, reads: readonly PendingRead[]) {
    this.#slots = slots;
    this.#slot = slot;
    this.#reads = reads;
  }

  /** Reads on up to a position in the slot; true when everything was read. */
  advance(until: number): boolean {
    for (; this.#at < this.#reads.length; this.#at += 1, this.#done = 0) {
      const { into, position } = this.#reads[this.#at]!;
      const end = Math.min(into.byteLength, until - position);
      if (end > this.#done) {
        this.#slots.read(this.#slot, into.subarray(this.#done, end), position + this.#done);
        this.#done = end;
      }
      if (this.#done < into.byteLength) return false;
    }
    return true;
  }
}
