import { ElementWalker } from '../json/element-walker.ts';
import { storeDecimal } from '../json/decimal.ts';
import type { JsonReader } from '../json/json-reader.ts';
import { numberToBfloat16, numberToFloat16 } from './float16.ts';
import { toWireBytes } from './little-endian.ts';
import { refuseCount, refuseElement, type TensorSubject } from './tensor-subject.ts';

type FloatDatatype = 'FP16' | 'BF16' | 'FP32' | 'FP64';

/** Numbers on their way into a tensor; full of rubbish between calls. */
const CHUNK = new Float64Array(2048);

/**
 * Reads an array of `count` numbers as bytes of the wire, each rounded once, to the nearest even.
 * `lenient` reads what our writers say for numbers that are not finite: strings and `null`.
 */
export function readFloats(
  reader: JsonReader,
  datatype: FloatDatatype,
  count: number,
  subject: TensorSubject,
  lenient: boolean,
): Uint8Array {
  const target =
    datatype === 'FP32'
      ? new Float32Array(count)
      : datatype === 'FP64'
        ? new Float64Array(count)
        : new Uint16Array(count);
  const walker = new ElementWalker(reader);
  let stored = 0;
  let filled = 0;
  while (walker.next()) {
    if (filled === CHUNK.length) {
      store(target, datatype, stored, filled);
      stored += filled;
      filled = 0;
    }
    if (stored + filled === count) refuseCount();
    if (!readPlain(reader, filled)) {
      CHUNK[filled] = readOther(reader, subject, stored + filled, lenient);
    }
    filled += 1;
  }
  if (stored + filled !== count) refuseCount();
  store(target, datatype, stored, filled);
  return toWireBytes(target);
}

/** Reads a number of at most 18 digits into the chunk; `false` leaves the reader where it was. */
function readPlain(reader: JsonReader, index: number): boolean {
  const { bytes } = reader;
  const limit = reader.end - 1;
  let position = reader.position;
  let byte = bytes[position]!;
  const negative = byte === 0x2d;
  if (negative && position < limit) byte = bytes[++position]!;
  let leading = byte - 0x30;
  if (leading < 0 || leading > 9) return false;
  let room = 9;
  let digit = 0;
  if (leading === 0) {
    if (position >= limit) return false;
    byte = bytes[++position]!;
  } else {
    room = 8;
    for (;;) {
      if (position >= limit) return false;
      byte = bytes[++position]!;
      digit = byte - 0x30;
      if (digit < 0 || digit > 9) break;
      if (room === 0) return false;
      room -= 1;
      leading = (leading * 10 + digit) | 0;
    }
  }
  let trailing = 0;
  let trailingDigits = 0;
  let exponent = 0;
  if (byte === 0x2e) {
    const first = position + 1;
    if (leading === 0) {
      while (position < limit && bytes[position + 1] === 0x30) position += 1;
    }
    for (;;) {
      if (position >= limit) return false;
      byte = bytes[++position]!;
      digit = byte - 0x30;
      if (digit < 0 || digit > 9) break;
      if (room > 0) {
        room -= 1;
        leading = (leading * 10 + digit) | 0;
      } else {
        if (trailingDigits === 9) return false;
        trailingDigits += 1;
        trailing = (trailing * 10 + digit) | 0;
      }
    }
    exponent = first - position;
    if (exponent === 0) return false;
  }
  if ((byte | 0x20) === 0x65) {
    let power = 0;
    let powerDigits = 0;
    let below = false;
    if (position < limit && (bytes[position + 1] === 0x2d || bytes[position + 1] === 0x2b)) {
      position += 1;
      below = bytes[position] === 0x2d;
    }
    for (;;) {
      if (position >= limit) return false;
      byte = bytes[++position]!;
      digit = byte - 0x30;
      if (digit < 0 || digit > 9) break;
      if (powerDigits === 4) return false;
      powerDigits += 1;
      power = power * 10 + digit;
    }
    if (powerDigits === 0) return false;
    exponent += below ? -power : power;
  }
  if (!storeDecimal(CHUNK, index, leading, trailing, trailingDigits, exponent)) return false;
  if (negative) CHUNK[index] = -CHUNK[index]!;
  reader.position = position;
  return true;
}

/** Reads a number that takes care, or refuses what is none. */
function readOther(reader: JsonReader, subject: TensorSubject, index: number, lenient: boolean): number {
  const kind = reader.kind();
  if (kind === 'number') {
    reader.passNumber();
    return reader.passedNumber();
  }
  if (lenient && kind === 'null') {
    reader.passWord('null');
    return NaN;
  }
  if (lenient && kind === 'string') {
    const text = reader.readString();
    if (text === 'NaN' || text === 'Infinity' || text === '-Infinity') return Number(text);
  }
  return refuseElement(subject, index, `is of the type ${kind}, not a number`);
}

function store(
  target: Float32Array | Float64Array | Uint16Array,
  datatype: FloatDatatype,
  start: number,
  count: number,
): void {
  if (datatype === 'FP32') storeSingle(target as Float32Array, start, count);
  else if (datatype === 'FP64') target.set(CHUNK.subarray(0, count), start);
  else if (datatype === 'FP16') storeHalf(target as Uint16Array, start, count);
  else storeBfloat(target as Uint16Array, start, count);
}

// A loop of its own for each type of array stays fast whatever the others are asked.
function storeSingle(target: Float32Array, start: number, count: number): void {
  for (let index = 0; index < count; index += 1) target[start + index] = CHUNK[index]!;
}

function storeHalf(target: Uint16Array, start: number, count: number): void {
  for (let index = 0; index < count; index += 1) target[start + index] = numberToFloat16(CHUNK[index]!);
}

function storeBfloat(target: Uint16Array, start: number, count: number): void {
  for (let index = 0; index < count; index += 1) target[start + index] = numberToBfloat16(CHUNK[index]!);
}
