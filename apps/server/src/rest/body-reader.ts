import type { IncomingMessage } from 'node:http';
import { ProtocolError } from '@switchyard/open-inference';
import type { ReusedMemory } from '../operation/reused-memory.ts';

const NOTHING = new Uint8Array(0);
const FIRST_RESERVATION = 65_536;
/** Above it a body that declares its length is not given all its memory at once ... */
const TRUSTED_LENGTH = 1_048_576;
/** ... but when so much of it is there. */
const TRUSTED_PART = 0.25;
/** As Triton counts chunks; pieces of a large body from a slow network are larger than tiny. */
const MOST_PIECES = 65_536;
const SMALL_PIECE = 1024;

/** The refusal of a body that is larger than allowed. */
export function tooLarge(maxBytes: number, what: 'declared' | 'sent' | 'decompressed'): ProtocolError {
  return new ProtocolError(
    'too-large',
    `The body ${what} is larger than ${maxBytes} bytes, which are the most.`,
  );
}

/** Length that a request declares; `null` for one that comes in chunks. No body is 0. */
export function declaredLength(request: IncomingMessage): number | null {
  const declared = request.headers['content-length'];
  if (declared !== undefined) return Number(declared);
  return request.headers['transfer-encoding'] === undefined ? 0 : null;
}

/** In steps that double, so that a large body is few reservations and a stalled one holds little. */
export function nextReservation(reserved: number, length: number, atMost: number): number {
  return Math.min(atMost, Math.max(FIRST_RESERVATION, reserved * 2, length));
}

/** Whom a reader tells, once. */
export interface BodyTarget {
  /** Called before more is kept. @throws ProtocolError exhausted */
  reserve(bytes: number): void;
  /** @param memory what the body lies in, for {@link ReusedMemory.give}; `null` where it is not of there */
  bodyRead(body: Uint8Array, memory: Buffer | null): void;
  bodyRefused(error: unknown): void;
}

/**
 * Reads a body and counts while it comes. Memory follows what was received, not what was declared, and
 * not the number of pieces either. A body that came in one piece is not copied. Does nothing when the
 * client goes away: its owner sees that.
 */
export class BodyReader {
  readonly #request: IncomingMessage;
  readonly #target: BodyTarget;
  readonly #maxBytes: number;
  readonly #declared: number | null;
  readonly #pool: ReusedMemory;
  #body: Buffer | null = null;
  /** The body, where it lies in memory of the pool. */
  #memory: Buffer | null = null;
  #length = 0;
  #pieces = 0;
  #reserved = 0;
  #done = false;

  constructor(request: IncomingMessage, target: BodyTarget, maxBytes: number, pool: ReusedMemory) {
    this.#pool = pool;
    this.#request = request;
    this.#target = target;
    this.#maxBytes = maxBytes;
    this.#declared = declaredLength(request);
  }

  start(): void {
    if (this.#declared !== null && this.#declared > this.#maxBytes) {
      this.#refuse(tooLarge(this.#maxBytes, 'declared'));
      return;
    }
    if (this.#declared === 0) {
      this.#done = true;
      this.#target.bodyRead(NOTHING, null);
      return;
    }
    this.#request.on('data', (piece: Buffer) => this.#take(piece));
    this.#request.on('end', () => this.#end());
  }

  /** Gives up: what was kept is let go and what still comes is thrown away. */
  stop(): void {
    this.#done = true;
    this.#body = null;
    if (this.#memory !== null) this.#pool.give(this.#memory);
    this.#memory = null;
  }

  #take(piece: Buffer): void {
    if (this.#done) return;
    const before = this.#length;
    this.#length += piece.length;
    this.#pieces += 1;
    if (this.#length > this.#maxBytes) {
      this.#refuse(tooLarge(this.#maxBytes, 'sent'));
      return;
    }
    if (this.#pieces > MOST_PIECES && this.#length < this.#pieces * SMALL_PIECE) {
      this.#refuse(
        new ProtocolError(
          'too-large',
          `The body came in more than ${MOST_PIECES} pieces, most of them tiny.`,
        ),
      );
      return;
    }
    try {
      this.#keep(piece, before);
    } catch (error) {
      this.#refuse(error);
    }
  }

  #keep(piece: Buffer, before: number): void {
    const grows = this.#length > this.#reserved;
    if (grows) {
      const wanted = this.#nextReservation();
      this.#target.reserve(wanted - this.#reserved);
      this.#reserved = wanted;
    }
    if (this.#body === null) {
      this.#body = piece;
      return;
    }
    // The first piece is not ours to write behind.
    if (grows || this.#memory === null) {
      const larger = this.#pool.take(this.#reserved);
      this.#body.copy(larger, 0, 0, before);
      if (this.#memory !== null) this.#pool.give(this.#memory);
      this.#memory = larger;
      this.#body = larger;
    }
    piece.copy(this.#body, before);
  }

  #nextReservation(): number {
    if (this.#declared === null) return nextReservation(this.#reserved, this.#length, this.#maxBytes);
    if (this.#declared <= TRUSTED_LENGTH || this.#length >= this.#declared * TRUSTED_PART) {
      return this.#declared;
    }
    return nextReservation(this.#reserved, this.#length, this.#declared);
  }

  #end(): void {
    if (this.#done) return;
    this.#done = true;
    const body = this.#body?.subarray(0, this.#length) ?? NOTHING;
    const memory = this.#memory;
    this.#body = null;
    this.#memory = null;
    this.#target.bodyRead(body, memory);
  }

  #refuse(error: unknown): void {
    this.stop();
    this.#target.bodyRefused(error);
  }
}
