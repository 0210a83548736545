import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { FRAME_LIMITS, ProtocolError } from './protocol.ts';

/** Feeds go to the child, results come from it; each side creates the files that it writes. */
export type SlotDirection = 'feeds' | 'results';

/** More idle files than this of one size class are emptied, so that one burst does not hold memory for ever. */
const IDLE_PER_CLASS = 8;

function slotPath(folder: string, direction: SlotDirection, slot: number): string {
  return join(folder, `${direction}-${slot}`);
}

/** Files in shared memory that one side writes. They are reused by size class, a power of two. */
export class SlotWriter {
  readonly #folder: string;
  readonly #direction: SlotDirection;
  readonly #files: number[] = [];
  readonly #classes: number[] = [];
  /** Bytes of each file that have memory, so that writing there cannot fail. */
  readonly #backed: number[] = [];
  readonly #idle = new Map<number, number[]>();

  constructor(folder: string, direction: SlotDirection) {
    this.#folder = folder;
    this.#direction = direction;
  }

  /** A slot for so many bytes, or `null` where there are too many already. May throw what `open` throws. */
  acquire(byteLength: number): number | null {
    const size = 32 - Math.clz32(Math.ceil(byteLength / 65_536));
    const idle = this.#idle.get(size)?.pop();
    if (idle !== undefined) return idle;
    const slot = this.#files.length;
    if (slot >= FRAME_LIMITS.slots) return null;
    const flags = constants.O_CREAT | constants.O_EXCL | constants.O_RDWR;
    this.#files.push(openSync(slotPath(this.#folder, this.#direction, slot), flags, 0o600));
    this.#classes.push(size);
    this.#backed.push(0);
    return slot;
  }

  file(slot: number): number {
    return this.#files[slot]!;
  }

  /** Writes all of it; memory that is full throws `ENOSPC`, also after a part was written. */
  write(slot: number, bytes: Uint8Array, position: number): void {
    const file = this.file(slot);
    let done = 0;
    while (done < bytes.byteLength) {
      done += writeSync(file, bytes, done, Math.min(bytes.byteLength - done, 2 ** 30), position + done);
    }
    this.#backed[slot] = Math.max(this.#backed[slot]!, position + done);
  }

  /** Whether so many bytes have memory already. */
  isBacked(slot: number, byteLength: number): boolean {
    return this.#backed[slot]! >= byteLength;
  }

  /** The other side has read it. */
  release(slot: number): void {
    const size = this.#classes[slot];
    if (size === undefined) throw new ProtocolError(`The slot ${slot} that was given back does not exist.`);
    const idle = this.#idle.get(size) ?? [];
    if (idle.includes(slot)) throw new ProtocolError(`The slot ${slot} was given back twice.`);
    if (idle.length >= IDLE_PER_CLASS) this.abandon(slot);
    idle.push(slot);
    this.#idle.set(size, idle);
  }

  /** Gives up the memory of a slot that could not be filled. */
  abandon(slot: number): void {
    this.#backed[slot] = 0;
    ftruncateSync(this.file(slot), 0);
  }

  close(): void {
    for (const file of this.#files.splice(0)) closeSync(file);
  }
}

/** The same files from the side that reads them. */
export class SlotReader {
  readonly #folder: string;
  readonly #direction: SlotDirection;
  readonly #files = new Map<number, number>();

  constructor(folder: string, direction: SlotDirection) {
    this.#folder = folder;
    this.#direction = direction;
  }

  file(slot: number): number {
    let file = this.#files.get(slot);
    if (file === undefined) {
      file = openSync(
        slotPath(this.#folder, this.#direction, slot),
        constants.O_RDONLY | constants.O_NOFOLLOW,
      );
      this.#files.set(slot, file);
    }
    return file;
  }

  /** Bytes that a slot holds; asked before memory for them is allocated. */
  size(slot: number): number {
    try {
      return fstatSync(this.file(slot)).size;
    } catch (error) {
      throw new ProtocolError(`The shared memory ${slot} cannot be opened.`, { cause: error });
    }
  }

  read(slot: number, into: Uint8Array, position: number): void {
    readFully(this.file(slot), into, position);
  }

  close(): void {
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
  }
}

function readFully(file: number, into: Uint8Array, position: number): void {
  let done = 0;
  while (done < into.byteLength) {
    const count = readSync(file, into, done, Math.min(into.byteLength - done, 2 ** 30), position + done);
    if (count === 0) throw new ProtocolError('Shared memory is shorter than what was announced.');
    done += count;
  }
}
