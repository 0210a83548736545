import type { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { WireType } from '@bufbuild/protobuf/wire';
import type { ParameterValue } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { checkEnd, readEnd, readTag, readText, skipField, type MessageScope } from './wire-fields.ts';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

/** Reads one entry of a map of `InferParameter` into `target`; a key that comes again replaces the first. */
export function readParameter(
  reader: BinaryReader,
  outerEnd: number,
  target: Map<string, ParameterValue>,
  scope: MessageScope,
): void {
  scope.enter();
  const end = readEnd(reader, outerEnd);
  let key = '';
  let value: ParameterValue | null = null;
  while (reader.pos < end) {
    const tag = readTag(reader);
    if (tag === 0x0a) key = readText(reader);
    else if (tag === 0x12) value = readValue(reader, end, scope) ?? value;
    else skipField(reader, tag, scope);
  }
  checkEnd(reader, end);
  if (value === null) {
    throw new ProtocolError('invalid-argument', `parameter '${key}' has no value.`);
  }
  target.set(key, value);
}

function readValue(reader: BinaryReader, outerEnd: number, scope: MessageScope): ParameterValue | null {
  const end = readEnd(reader, outerEnd);
  let value: ParameterValue | null = null;
  while (reader.pos < end) {
    const tag = readTag(reader);
    if (tag === 0x08) value = reader.bool();
    else if (tag === 0x10) value = exact(reader.int64());
    else if (tag === 0x1a) value = readText(reader);
    else if (tag === 0x21) value = reader.double();
    else if (tag === 0x28) value = exact(reader.uint64());
    else skipField(reader, tag, scope);
  }
  checkEnd(reader, end);
  return value;
}

function exact(integer: bigint | string): number | bigint {
  const value = BigInt(integer);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Writes one entry of a map of `InferParameter`. A whole `number` is an `int64`, any other a `double`. */
export function writeParameter(
  writer: BinaryWriter,
  field: number,
  name: string,
  value: ParameterValue,
): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  writer.uint32(0x0a).string(name);
  writer.uint32(0x12).fork();
  if (typeof value === 'boolean') writer.uint32(0x08).bool(value);
  else if (typeof value === 'string') writer.uint32(0x1a).string(value);
  else if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) writer.uint32(0x10).int64(value);
    else writer.uint32(0x21).double(value);
  } else if (value >= INT64_MIN && value <= INT64_MAX) writer.uint32(0x10).int64(value);
  else if (value > 0n && value <= UINT64_MAX) writer.uint32(0x28).uint64(value);
  else {
    throw new ProtocolError(
      'invalid-argument',
      `parameter '${name}' is ${value}, which 64 bits do not hold.`,
    );
  }
  writer.join();
  writer.join();
}
