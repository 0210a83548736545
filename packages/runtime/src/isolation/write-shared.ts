import { write } from 'node:fs';
import { promisify } from 'node:util';
import type { SlotWriter } from './slot-files.ts';
import { isStreamable } from './stream-shared.ts';
import type { TensorEncoder } from './tensor-encoder.ts';

const writeLater = promisify(write);

/**
 * Puts a message's large tensors into a slot; `null` when shared memory is full. A slot in which they
 * can be streamed is left as it is: `streamed` is true then.
 */
export function writeShared(
  encoder: TensorEncoder,
  slots: SlotWriter,
  byteLength: number,
): { readonly slot: number; readonly streamed: boolean } | null {
  let slot: number | null = null;
  try {
    slot = slots.acquire(byteLength);
    if (slot === null) return null;
    if (isStreamable(slots, slot, byteLength)) return { slot, streamed: true };
    for (let at = 0; at < encoder.count; at += 1) {
      const position = encoder.positionAt(at);
      if (position >= 0) slots.write(slot, encoder.bytesAt(at), position);
    }
    return { slot, streamed: false };
  } catch (error) {
    return full(error, slots, slot);
  }
}

/** The same without holding the event loop. The encoder takes no other message until it is done. */
export async function writeSharedLater(
  encoder: TensorEncoder,
  slots: SlotWriter,
  byteLength: number,
): Promise<number | null> {
  let slot: number | null = null;
  try {
    slot = slots.acquire(byteLength);
    if (slot === null) return null;
    for (let at = 0; at < encoder.count; at += 1) {
      const position = encoder.positionAt(at);
      const bytes = encoder.bytesAt(at);
      let done = position < 0 ? bytes.byteLength : 0;
      while (done < bytes.byteLength) {
        const length = Math.min(bytes.byteLength - done, 2 ** 30);
        done += (await writeLater(slots.file(slot), bytes, done, length, position + done)).bytesWritten;
      }
    }
    return slot;
  } catch (error) {
    return full(error, slots, slot);
  }
}

/** Codes with which a file system in memory says that no more fits, or that no more files do. */
const FULL_CODES: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'ENOMEM', 'ENOENT', 'EFBIG'];

function full(error: unknown, slots: SlotWriter, slot: number | null): null {
  if (!FULL_CODES.includes((error as NodeJS.ErrnoException).code)) throw error;
  if (slot !== null) slots.abandon(slot);
  return null;
}
