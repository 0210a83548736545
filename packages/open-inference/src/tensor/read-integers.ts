import { ElementWalker } from '../json/element-walker.ts';
import type { JsonReader } from '../json/json-reader.ts';
import { integerRange, makeIntegers, type LargeInteger, type SmallInteger } from './integer-ranges.ts';
import { toWireBytes } from './little-endian.ts';
import { refuseCount, refuseElement, type TensorSubject } from './tensor-subject.ts';

/** Most characters of a number that a refusal repeats. */
const LONGEST_SHOWN = 40;

/** Reads an array of `count` integers of at most 32 bits as bytes of the wire. */
export function readSmallIntegers(
  reader: JsonReader,
  datatype: SmallInteger,
  count: number,
  subject: TensorSubject,
): Uint8Array {
  const target = makeIntegers(datatype, count);
  const range = integerRange(datatype);
  const smallest = Number(range[0]);
  const largest = Number(range[1]);
  const walker = new ElementWalker(reader);
  let index = 0;
  while (walker.next()) {
    if (index === count) refuseCount();
    const start = reader.position;
    const value = readPlain(reader);
    if (!(value >= smallest && value <= largest)) {
      reader.position = start;
      refuseInteger(reader, datatype, subject, index);
    }
    target[index] = value;
    index += 1;
  }
  if (index !== count) refuseCount();
  return toWireBytes(target);
}

/** Reads an array of `count` integers of 64 bits, exactly, as bytes of the wire. */
export function readLargeIntegers(
  reader: JsonReader,
  datatype: LargeInteger,
  count: number,
  subject: TensorSubject,
): Uint8Array {
  const words = new Int32Array(2 * count);
  const [smallest, largest] = integerRange(datatype);
  const walker = new ElementWalker(reader);
  let index = 0;
  while (walker.next()) {
    if (index === count) refuseCount();
    const start = reader.position;
    const value = readPlain(reader);
    if (value >= 0 || (value < 0 && datatype === 'INT64')) {
      words[2 * index] = value % 4294967296;
      words[2 * index + 1] = Math.floor(value / 4294967296);
    } else {
      reader.position = start;
      const exact = readExact(reader);
      if (exact === null || exact < smallest || exact > largest) {
        reader.position = start;
        refuseInteger(reader, datatype, subject, index);
      }
      words[2 * index] = Number(BigInt.asIntN(32, exact));
      words[2 * index + 1] = Number(exact >> 32n);
    }
    index += 1;
  }
  if (index !== count) refuseCount();
  return toWireBytes(words);
}

/** Reads an integer of at most 15 digits, or gives NaN and leaves the reader where it was. */
function readPlain(reader: JsonReader): number {
  const { bytes } = reader;
  const limit = reader.end - 1;
  let position = reader.position;
  let byte = bytes[position]!;
  const negative = byte === 0x2d;
  if (negative && position < limit) byte = bytes[++position]!;
  let value = byte - 0x30;
  if (value < 0 || value > 9 || position >= limit) return NaN;
  byte = bytes[++position]!;
  if (value !== 0) {
    let room = 14;
    while (byte >= 0x30 && byte <= 0x39) {
      if (room === 0 || position >= limit) return NaN;
      room -= 1;
      value = value * 10 + (byte - 0x30);
      byte = bytes[++position]!;
    }
  }
  if (byte === 0x2e || (byte | 0x20) === 0x65) return NaN;
  reader.position = position;
  return negative ? 0 - value : value;
}

function readExact(reader: JsonReader): bigint | null {
  if (reader.kind() !== 'number' || !reader.passNumber()) return null;
  // No integer of 64 bits is longer, and a long one takes quadratic time.
  return reader.position - reader.numberStart > 20 ? null : BigInt(reader.passedText());
}

/** The reader is at the element. */
function refuseInteger(
  reader: JsonReader,
  datatype: SmallInteger | LargeInteger,
  subject: TensorSubject,
  index: number,
): never {
  const kind = reader.kind();
  const [smallest, largest] = integerRange(datatype);
  const wanted = `not an integer of ${datatype} (${smallest} to ${largest})`;
  if (kind !== 'number') refuseElement(subject, index, `is of the type ${kind}, ${wanted}`);
  reader.passNumber();
  const text = reader.passedText();
  const shown = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text;
  return refuseElement(subject, index, `is ${shown}, ${wanted}`);
}
