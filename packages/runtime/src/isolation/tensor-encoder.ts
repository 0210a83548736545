import { DTYPES, type Tensor, type Tensors, type ValueInfo } from '@switchyard/core';
import { writeHeader } from './json-frame.ts';
import {
  ALL_OUTPUTS,
  FRAME_LIMITS,
  HEADER_BYTES,
  INLINE_BYTES,
  padded,
  SHARED_ALIGNMENT,
  SHARED_TENSOR_BYTES,
} from './protocol.ts';
import { encodeStrings } from './string-block.ts';

const DTYPE_CODES: ReadonlyMap<string, number> = new Map(DTYPES.map((dtype, code) => [dtype, code]));
const NO_NUMBERS: readonly number[] = [];
const INLINE = -1;

/** What stands in a message beside its tensors. */
export interface MessageHead {
  readonly kind: number;
  readonly id: number;
  readonly slot: number;
  readonly flags: number;
  /** Indices of the outputs to compute, or `null` for all. */
  readonly wanted: readonly number[] | null;
  /** Slots of the other direction that may be used again. */
  readonly freed: readonly number[];
}

/**
 * Writes messages with tensors. The body is
 *
 *   u16 flags, u16 wanted outputs or 0xffff, u32 freed slots, u16 each wanted, padding to 4, u32 each
 *   freed, padding to 8, then for every tensor
 *   u16 index, u8 dtype, u8 rank, u32 1 where in shared memory, u64 byte length, u64 each dimension,
 *   and u64 position in shared memory or the bytes, padded to 8
 *
 * One message at a time: {@link TensorEncoder.take}, then the bytes for shared memory, then
 * {@link TensorEncoder.encode}. The memory of small frames is used again.
 */
export class TensorEncoder {
  #scratch: Buffer = Buffer.alloc(INLINE_BYTES * 2);
  readonly #indices: number[] = [];
  readonly #tensors: Tensor[] = [];
  readonly #bytes: Uint8Array[] = [];
  readonly #positions: number[] = [];
  #headBytes = 0;

  /** Takes in the tensors of a message; gives how many bytes of shared memory it would use, 0 for none. */
  take(infos: readonly ValueInfo[], tensors: Tensors): number {
    this.#indices.length = 0;
    this.#tensors.length = 0;
    this.#bytes.length = 0;
    this.#positions.length = 0;
    this.#headBytes = 0;
    let total = 0;
    for (let index = 0; index < infos.length; index += 1) {
      const { name } = infos[index]!;
      const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
      if (tensor === undefined) continue;
      const bytes = tensor.dtype === 'string' ? encodeStrings(tensor.strings) : tensor.bytes;
      this.#indices.push(index);
      this.#tensors.push(tensor);
      this.#bytes.push(bytes);
      this.#positions.push(INLINE);
      this.#headBytes += 16 + tensor.shape.length * 8;
      total += bytes.byteLength;
    }
    if (total <= INLINE_BYTES) return 0;
    let shared = 0;
    for (let at = 0; at < this.#bytes.length; at += 1) {
      const length = this.#bytes[at]!.byteLength;
      if (length < SHARED_TENSOR_BYTES) continue;
      this.#positions[at] = shared;
      shared += Math.ceil(length / SHARED_ALIGNMENT) * SHARED_ALIGNMENT;
    }
    return shared;
  }

  /** Number of tensors that were taken in. */
  get count(): number {
    return this.#bytes.length;
  }

  /** Bytes of a tensor, and where in shared memory they belong; a negative position is the frame itself. */
  bytesAt(at: number): Uint8Array {
    return this.#bytes[at]!;
  }

  positionAt(at: number): number {
    return this.#positions[at]!;
  }

  /** Shared memory cannot be used: everything goes into the frame. */
  keepInline(): void {
    this.#positions.fill(INLINE);
  }

  /**
   * The frame. It is valid until the next call unless {@link TensorEncoder.giveAway} is called.
   *
   * @throws RangeError when the frame would be too long
   */
  encode(head: MessageHead): Buffer {
    const wanted = head.wanted ?? NO_NUMBERS;
    const count = this.#bytes.length;
    const listBytes = 8 + padded(Math.ceil(wanted.length / 2) * 4 + head.freed.length * 4);
    let total = HEADER_BYTES + listBytes + this.#headBytes;
    for (let at = 0; at < count; at += 1) {
      total += this.#positions[at] === INLINE ? padded(this.#bytes[at]!.byteLength) : 8;
    }
    if (total > FRAME_LIMITS.frameBytes || count > FRAME_LIMITS.tensors) {
      throw new RangeError(
        `${count} tensors of ${total} bytes cannot go to another process without shared memory; the most are ${FRAME_LIMITS.tensors} of ${FRAME_LIMITS.frameBytes} bytes.`,
      );
    }
    const frame = total <= this.#scratch.length ? this.#scratch : Buffer.allocUnsafe(total);
    writeHeader(frame, total, head.kind, count, head.id, head.slot);
    let position = HEADER_BYTES;
    frame.writeUInt16LE(head.flags, position);
    frame.writeUInt16LE(head.wanted === null ? ALL_OUTPUTS : wanted.length, position + 2);
    frame.writeUInt32LE(head.freed.length, position + 4);
    position += 8;
    for (let at = 0; at < wanted.length; at += 1) frame.writeUInt16LE(wanted[at]!, position + at * 2);
    position += Math.ceil(wanted.length / 2) * 4;
    for (let at = 0; at < head.freed.length; at += 1) frame.writeUInt32LE(head.freed[at]!, position + at * 4);
    position = HEADER_BYTES + listBytes;
    for (let at = 0; at < count; at += 1) position = this.#writeTensor(frame, position, at);
    return frame.length === total ? frame : frame.subarray(0, total);
  }

  /** The message is out: the tensors of the caller must not live longer than their run. */
  release(): void {
    this.#tensors.length = 0;
    this.#bytes.length = 0;
  }

  /** The last frame is still being sent: the next one gets other memory. */
  giveAway(): void {
    this.#scratch = Buffer.alloc(INLINE_BYTES * 2);
  }

  #writeTensor(frame: Buffer, start: number, at: number): number {
    const tensor = this.#tensors[at]!;
    const bytes = this.#bytes[at]!;
    const shared = this.#positions[at]!;
    const { shape } = tensor;
    frame.writeUInt16LE(this.#indices[at]!, start);
    frame[start + 2] = DTYPE_CODES.get(tensor.dtype)!;
    frame[start + 3] = shape.length;
    frame.writeUInt32LE(shared === INLINE ? 0 : 1, start + 4);
    writeSize(frame, bytes.byteLength, start + 8);
    let position = start + 16;
    for (let axis = 0; axis < shape.length; axis += 1, position += 8) {
      writeSize(frame, shape[axis]!, position);
    }
    if (shared !== INLINE) {
      writeSize(frame, shared, position);
      return position + 8;
    }
    frame.set(bytes, position);
    return position + padded(bytes.byteLength);
  }
}

function writeSize(frame: Buffer, value: number, position: number): void {
  frame.writeUInt32LE(value % 2 ** 32, position);
  frame.writeUInt32LE(Math.floor(value / 2 ** 32), position + 4);
}
