import {
  bitsPerElement,
  DTYPES,
  putNamed,
  type Tensor,
  type Tensors,
  type ValueInfo,
} from '@switchyard/core';
import type { Frame } from './frame-reader.ts';
import { ALL_OUTPUTS, FRAME_LIMITS, HEADER_BYTES, NO_SLOT, padded, ProtocolError } from './protocol.ts';
import type { SlotReader } from './slot-files.ts';
import { decodeStrings } from './string-block.ts';

/** Where a decoded message takes its memory and its shared bytes from. */
export interface DecodeContext {
  /** The values that the indices in the message mean. */
  readonly infos: readonly ValueInfo[];
  /** Shared memory of the sender, or `null` where there is none. */
  readonly slots: SlotReader | null;
  /** Memory of exactly so many bytes for one tensor. May throw where the caller's own memory does not fit. */
  allocate(index: number, byteLength: number): Uint8Array;
}

/** Bytes that are still in shared memory, with the place where they belong. */
export interface PendingRead {
  readonly into: Uint8Array;
  readonly position: number;
}

export interface DecodedMessage {
  readonly flags: number;
  readonly wanted: readonly number[] | null;
  readonly freed: readonly number[];
  readonly tensors: Tensors;
  /** To be read by the caller before the tensors are used; string tensors are read already. */
  readonly reads: readonly PendingRead[];
}

const NO_NUMBERS: readonly number[] = [];
const NO_READS: readonly PendingRead[] = [];

/** Reads the flags of a message without decoding it. */
export function flagsOf(frame: Frame): number {
  if (frame.bytes.length < HEADER_BYTES + 8) throw new ProtocolError('A message has no flags.');
  return frame.bytes.readUInt16LE(HEADER_BYTES);
}

/** @throws ProtocolError for everything that the other side cannot have meant */
export function decodeTensors(frame: Frame, context: DecodeContext): DecodedMessage {
  const { bytes, count, slot } = frame;
  const flags = flagsOf(frame);
  if (count > FRAME_LIMITS.tensors || count > context.infos.length) {
    throw new ProtocolError(`A message has ${count} tensors.`);
  }
  const wantedCount = bytes.readUInt16LE(HEADER_BYTES + 2);
  const freedCount = bytes.readUInt32LE(HEADER_BYTES + 4);
  const wantedLength = wantedCount === ALL_OUTPUTS ? 0 : wantedCount;
  const freedAt = HEADER_BYTES + 8 + Math.ceil(wantedLength / 2) * 4;
  let position = HEADER_BYTES + 8 + padded(Math.ceil(wantedLength / 2) * 4 + freedCount * 4);
  if (position > bytes.length) throw new ProtocolError('The lists of a message are longer than itself.');
  const wanted = wantedCount === ALL_OUTPUTS ? null : readList(bytes, HEADER_BYTES + 8, wantedCount, 2);
  const freed = readList(bytes, freedAt, freedCount, 4);

  const tensors: Record<string, Tensor> = {};
  let reads: PendingRead[] | null = null;
  let sharedBytes = -1;
  let previous = -1;
  for (let at = 0; at < count; at += 1) {
    if (position + 16 > bytes.length) throw new ProtocolError('A message ends within a tensor.');
    const index = bytes.readUInt16LE(position);
    const dtype = DTYPES[bytes[position + 2]!];
    const rank = bytes[position + 3]!;
    const place = bytes.readUInt32LE(position + 4);
    const byteLength = readSize(bytes, position + 8);
    const info = context.infos[index];
    if (info === undefined || index <= previous) throw new ProtocolError('A tensor has no place of its own.');
    if (dtype === undefined) throw new ProtocolError('A tensor has an unknown element type.');
    if (rank > FRAME_LIMITS.rank) throw new ProtocolError(`A tensor has ${rank} dimensions.`);
    previous = index;
    position += 16;
    if (position + rank * 8 > bytes.length) throw new ProtocolError('A message ends within a shape.');
    const shape: number[] = [];
    let elements = 1;
    for (let axis = 0; axis < rank; axis += 1, position += 8) {
      const size = readSize(bytes, position);
      shape.push(size);
      elements *= size;
    }
    if (!Number.isSafeInteger(elements)) throw new ProtocolError('A tensor has too many elements.');
    const fits =
      dtype === 'string'
        ? elements * 4 <= byteLength
        : Math.ceil((elements * bitsPerElement(dtype)) / 8) === byteLength;
    if (!fits) throw new ProtocolError('The bytes of a tensor do not fit its shape.');

    let data: Uint8Array;
    if (place === 0) {
      if (position + padded(byteLength) > bytes.length) throw new ProtocolError('A tensor ends too early.');
      const inside = new Uint8Array(bytes.buffer, bytes.byteOffset + position, byteLength);
      if (dtype === 'string') data = inside;
      else {
        data = context.allocate(index, byteLength);
        data.set(inside);
      }
      position += padded(byteLength);
    } else {
      if (place !== 1 || slot === NO_SLOT || slot >= FRAME_LIMITS.slots || context.slots === null) {
        throw new ProtocolError('A tensor is said to be where there is no memory.');
      }
      if (position + 8 > bytes.length) throw new ProtocolError('A message ends within a position.');
      const start = readSize(bytes, position);
      position += 8;
      // What is announced must be there before memory for it is taken.
      if (sharedBytes === -1) sharedBytes = context.slots.size(slot);
      if (start + byteLength > sharedBytes) {
        throw new ProtocolError('A tensor reaches beyond the shared memory.');
      }
      if (dtype === 'string') {
        data = new Uint8Array(byteLength);
        context.slots.read(slot, data, start);
      } else {
        data = context.allocate(index, byteLength);
        reads ??= [];
        reads.push({ into: data, position: start });
      }
    }
    const tensor: Tensor =
      dtype === 'string'
        ? { dtype, shape, strings: decodeStrings(data, elements) }
        : { dtype, shape, bytes: data };
    putNamed(tensors, info.name, tensor);
  }
  if (position !== bytes.length) throw new ProtocolError('A message is longer than its tensors.');
  return { flags, wanted, freed, tensors, reads: reads ?? NO_READS };
}

function readList(bytes: Buffer, start: number, count: number, width: 2 | 4): readonly number[] {
  if (count === 0) return NO_NUMBERS;
  const list: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const position = start + at * width;
    list.push(width === 2 ? bytes.readUInt16LE(position) : bytes.readUInt32LE(position));
  }
  return list;
}

function readSize(bytes: Buffer, position: number): number {
  const size = bytes.readUInt32LE(position) + bytes.readUInt32LE(position + 4) * 2 ** 32;
  if (!Number.isSafeInteger(size)) throw new ProtocolError('A number of a message is too large.');
  return size;
}
