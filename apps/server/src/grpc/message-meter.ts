import type { MemoryBudget } from '../operation/admission.ts';

/** Bytes of the prefix of a gRPC message: a flag for compression and the length. */
const PREFIX_BYTES = 5;
/** What a chunk of a message costs beside its bytes as long as the message is incomplete. */
const CHUNK_OVERHEAD_BYTES = 512;
/** Deflate makes at most this much of a byte, with room for rounding. */
const WORST_INFLATION = 1040;

/** Memory that one message holds, until it is released. */
export class MessageHold {
  readonly #memory: MemoryBudget;
  #releases: (() => void)[] = [];
  #held = 0;

  constructor(memory: MemoryBudget) {
    this.#memory = memory;
  }

  /** Holds at least so many bytes. @throws ProtocolError exhausted */
  grow(bytes: number): void {
    if (bytes <= this.#held) return;
    this.#releases.push(this.#memory.take(bytes - this.#held));
    this.#held = bytes;
  }

  /** Holds exactly so many bytes. @throws ProtocolError exhausted */
  settle(bytes: number): void {
    if (bytes === this.#held) return;
    this.release();
    this.grow(bytes);
  }

  release(): void {
    const releases = this.#releases;
    this.#releases = [];
    this.#held = 0;
    for (const release of releases) release();
  }
}

/**
 * Follows the bytes of an HTTP/2 stream and holds memory for the messages in them before grpc-js has put
 * one together: what arrives in many small pieces, and what a compressed message can become, would
 * otherwise be outside of every bound. A length that is only claimed holds nothing: memory is held for
 * what came, doubled.
 */
export class MessageMeter {
  readonly #memory: MemoryBudget;
  readonly #maxMessageBytes: number;
  readonly #complete: MessageHold[] = [];
  #current: MessageHold | null = null;
  #prefixRead = 0;
  #compressed = false;
  #size = 0;
  #received = 0;
  #overhead = 0;
  #startedAt = 0;

  constructor(memory: MemoryBudget, maxMessageBytes: number) {
    this.#memory = memory;
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** `performance.now()` when the message that is incomplete began, 0 when there is none. */
  get incompleteSince(): number {
    return this.#startedAt;
  }

  /** Takes note of the next bytes. @throws ProtocolError exhausted */
  write(chunk: Uint8Array): void {
    let offset = 0;
    while (offset < chunk.byteLength) {
      if (this.#prefixRead < PREFIX_BYTES) {
        this.#prefix(chunk[offset]!);
        offset += 1;
        if (this.#prefixRead < PREFIX_BYTES) continue;
        // grpc-js refuses it; nothing of it will be kept.
        if (this.#size > this.#maxMessageBytes) return;
      } else {
        const part = Math.min(chunk.byteLength - offset, this.#size - this.#received);
        this.#received += part;
        this.#overhead += CHUNK_OVERHEAD_BYTES;
        offset += part;
      }
      if (this.#received === this.#size) this.#finish();
      else if (offset === chunk.byteLength) this.#grow();
    }
  }

  /** The hold of the next complete message, whose bytes are these many once inflated. @throws ProtocolError exhausted */
  next(bytes: number): MessageHold {
    const hold = this.#complete.shift() ?? new MessageHold(this.#memory);
    hold.settle(bytes);
    return hold;
  }

  /** Gives back what nobody took. */
  release(): void {
    this.#current?.release();
    this.#current = null;
    this.#startedAt = 0;
    for (const hold of this.#complete.splice(0)) hold.release();
  }

  #prefix(byte: number): void {
    if (this.#prefixRead === 0) {
      this.#compressed = byte !== 0;
      this.#size = 0;
      this.#received = 0;
      this.#overhead = 0;
      this.#startedAt = performance.now();
      this.#current = new MessageHold(this.#memory);
    } else {
      this.#size = this.#size * 256 + byte;
    }
    this.#prefixRead += 1;
  }

  #grow(): void {
    const wanted = this.#received + this.#overhead;
    this.#current?.grow(Math.min(wanted * 2, this.#size + this.#overhead));
  }

  #finish(): void {
    const hold = this.#current!;
    this.#current = null;
    this.#prefixRead = 0;
    this.#startedAt = 0;
    this.#complete.push(hold);
    const inflated = this.#compressed ? Math.min(this.#size * WORST_INFLATION, this.#maxMessageBytes) : 0;
    hold.grow(this.#size + inflated);
  }
}
