import { FRAME_LIMITS, HEADER_BYTES, isFrameKind, ProtocolError, type FrameLimits } from './protocol.ts';

/** One frame. `bytes` starts at the header and is only valid during the call unless `owned`. */
export interface Frame {
  readonly kind: number;
  readonly count: number;
  readonly id: number;
  readonly slot: number;
  readonly bytes: Buffer;
  /** Nobody else uses the memory of `bytes`, and it starts at a multiple of 8. */
  readonly owned: boolean;
}

/**
 * Cuts a stream into frames. It never holds more than what was received: the length that a header
 * announces is checked, and memory for it is taken only when all of it is there.
 */
export class FrameReader {
  readonly #limits: FrameLimits;
  readonly #onFrame: (frame: Frame) => void;
  #parts: Buffer[] = [];
  #held = 0;
  /** Bytes of the frame that is being collected, or 0 while its header is not complete. */
  #wanted = 0;

  constructor(onFrame: (frame: Frame) => void, limits: FrameLimits = FRAME_LIMITS) {
    this.#onFrame = onFrame;
    this.#limits = limits;
  }

  /** @throws ProtocolError for what cannot be a frame */
  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#held === 0 && rest.length >= HEADER_BYTES) {
        const length = this.#checkHeader(rest);
        if (rest.length >= length) {
          this.#emit(rest.subarray(0, length), false);
          rest = rest.subarray(length);
          continue;
        }
      }
      rest = this.#collect(rest);
    }
  }

  /** Takes what is missing of the header, or of the frame, and gives back what is left of the chunk. */
  #collect(chunk: Buffer): Buffer {
    const missing = (this.#wanted === 0 ? HEADER_BYTES : this.#wanted) - this.#held;
    const part = chunk.subarray(0, missing);
    // The chunk belongs to the caller; a small part of a large chunk would also keep all of it alive.
    this.#parts.push(Buffer.from(part));
    this.#held += part.length;
    if (part.length === missing) {
      if (this.#wanted === 0) this.#wanted = this.#checkHeader(Buffer.concat(this.#parts));
      if (this.#held === this.#wanted) {
        const frame = Buffer.from(new ArrayBuffer(this.#held));
        let position = 0;
        for (const piece of this.#parts) position += piece.copy(frame, position);
        this.#parts = [];
        this.#held = 0;
        this.#wanted = 0;
        this.#emit(frame, true);
      }
    }
    return chunk.subarray(part.length);
  }

  #checkHeader(bytes: Buffer): number {
    const length = bytes.readUInt32LE(0);
    const kind = bytes.readUInt16LE(4);
    if (!isFrameKind(kind)) throw new ProtocolError(`A frame has the unknown kind ${kind}.`);
    if (length < HEADER_BYTES || length % 8 !== 0 || length > this.#limits.frameBytes) {
      throw new ProtocolError(`A frame announces ${length} bytes.`);
    }
    return length;
  }

  #emit(bytes: Buffer, owned: boolean): void {
    this.#onFrame({
      kind: bytes.readUInt16LE(4),
      count: bytes.readUInt16LE(6),
      id: bytes.readUInt32LE(8),
      slot: bytes.readUInt32LE(12),
      bytes,
      owned,
    });
  }
}
