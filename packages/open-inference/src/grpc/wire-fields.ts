import { WireType, type BinaryReader } from '@bufbuild/protobuf/wire';
import type { CodecLimits } from '../infer/codec-options.ts';
import { ProtocolError, type Problem } from '../protocol-error.ts';

/**
 * Tensors, outputs, parameters and sizes of shapes that one message may have. Two bytes are enough for
 * an empty tensor, which costs a hundred times as much in memory.
 */
const MAX_ENTRIES = 65_536;

/** In the order of their numbers; `BinaryReader.tag` lets no other number through. */
const WIRE_TYPES: readonly WireType[] = [
  WireType.Varint,
  WireType.Bit64,
  WireType.LengthDelimited,
  WireType.StartGroup,
  WireType.EndGroup,
  WireType.Bit32,
];

/** One message while it is read. */
export class MessageScope {
  readonly bytes: Uint8Array;
  readonly limits: CodecLimits;
  private entries: number = 0;

  constructor(bytes: Uint8Array, limits: CodecLimits) {
    this.bytes = bytes;
    this.limits = limits;
  }

  /** Counts something that takes memory out of proportion to its bytes. @throws too-large */
  enter(): void {
    this.entries += 1;
    if (this.entries > MAX_ENTRIES) {
      throw new ProtocolError(
        'too-large',
        `the message has more than ${MAX_ENTRIES} tensors, parameters and sizes of shapes in all.`,
      );
    }
  }
}

/** Field number and wire type as they stand on the wire; a known field of another wire type is unknown. */
export function readTag(reader: BinaryReader): number {
  const [field, wireType] = reader.tag();
  return field * 8 + wireType;
}

/** Where a nested message ends. @throws RangeError when it is longer than what it is in */
export function readEnd(reader: BinaryReader, outerEnd: number): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > outerEnd) throw new RangeError('a field is longer than the message it is in');
  return end;
}

/** @throws RangeError when the last field of a message went over its end */
export function checkEnd(reader: BinaryReader, end: number): void {
  if (reader.pos !== end) throw new RangeError('a field is longer than the message it is in');
}

/** Goes over a field that nobody here knows. */
export function skipField(reader: BinaryReader, tag: number, scope: MessageScope): void {
  reader.skip(WIRE_TYPES[tag & 7]!, Math.floor(tag / 8), scope.limits.maxDepth);
}

/** Text of a `string`, which has to be UTF-8. */
export function readText(reader: BinaryReader): string {
  return reader.string(true);
}

/** The error for bytes that are no message, out of whatever the reader threw. */
export function malformed(problem: Problem, message: string, cause: unknown): ProtocolError {
  if (ProtocolError.isInstance(cause)) return cause;
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new ProtocolError(problem, `failed to parse the ${message} message: ${detail}`, { cause });
}

/** A view without the methods of `Buffer`, whose `subarray` and `slice` differ in what they cost and copy. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
