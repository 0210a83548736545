import type { Frame } from './frame-reader.ts';
import { FRAME_LIMITS, HEADER_BYTES, NO_SLOT, padded, ProtocolError } from './protocol.ts';

const LENGTH_BYTES = 8;
const NOTHING = new Uint8Array(0);

/** A frame with a JSON document and, behind it, bytes. For what does not happen on every run. */
export function encodeJson(kind: number, id: number, value: unknown, bytes: Uint8Array = NOTHING): Buffer {
  const text = Buffer.from(JSON.stringify(value));
  const dataAt = HEADER_BYTES + LENGTH_BYTES + padded(text.length);
  const total = dataAt + padded(bytes.length);
  if (total > FRAME_LIMITS.frameBytes) {
    throw new RangeError(
      `${bytes.length} bytes cannot be sent to another process in one piece; the most are ${FRAME_LIMITS.frameBytes}.`,
    );
  }
  const frame = Buffer.alloc(total);
  writeHeader(frame, total, kind, 0, id, NO_SLOT);
  frame.writeUInt32LE(text.length, HEADER_BYTES);
  frame.writeUInt32LE(bytes.length, HEADER_BYTES + 4);
  text.copy(frame, HEADER_BYTES + LENGTH_BYTES);
  frame.set(bytes, dataAt);
  return frame;
}

/** @throws ProtocolError when the frame holds no JSON document */
export function decodeJson(frame: Frame): { readonly value: unknown; readonly bytes: Uint8Array } {
  const { bytes } = frame;
  if (bytes.length < HEADER_BYTES + LENGTH_BYTES) throw new ProtocolError('A frame has no document.');
  const textLength = bytes.readUInt32LE(HEADER_BYTES);
  const dataLength = bytes.readUInt32LE(HEADER_BYTES + 4);
  const textAt = HEADER_BYTES + LENGTH_BYTES;
  const dataAt = textAt + padded(textLength);
  if (dataAt + padded(dataLength) !== bytes.length) {
    throw new ProtocolError('The parts of a frame do not add up.');
  }
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8', textAt, textAt + textLength));
    return { value, bytes: Uint8Array.from(bytes.subarray(dataAt, dataAt + dataLength)) };
  } catch (error) {
    throw new ProtocolError('A frame holds no JSON document.', { cause: error });
  }
}

/** A frame without a body; the place of the slot may carry a number. */
export function encodeSignal(kind: number, id: number, slot: number = NO_SLOT): Buffer {
  const frame = Buffer.alloc(HEADER_BYTES);
  writeHeader(frame, HEADER_BYTES, kind, 0, id, slot);
  return frame;
}

export function writeHeader(
  frame: Buffer,
  length: number,
  kind: number,
  count: number,
  id: number,
  slot: number,
): void {
  frame.writeUInt32LE(length, 0);
  frame.writeUInt16LE(kind, 4);
  frame.writeUInt16LE(count, 6);
  frame.writeUInt32LE(id, 8);
  frame.writeUInt32LE(slot, 12);
}
