import { ElementWalker } from '../json/element-walker.ts';
import type { JsonReader } from '../json/json-reader.ts';
import { readDecimals } from '../json/read-decimals.ts';
import { numberToBfloat16, numberToFloat16 } from './float16.ts';
import { takeMemory } from '../small-memory.ts';
import { toWireOrder } from './little-endian.ts';
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
  const width = datatype === 'FP32' ? 4 : datatype === 'FP64' ? 8 : 2;
  const memory = takeMemory(count * width);
  const target =
    datatype === 'FP32'
      ? new Float32Array(memory.buffer, memory.byteOffset, count)
      : datatype === 'FP64'
        ? new Float64Array(memory.buffer, memory.byteOffset, count)
        : new Uint16Array(memory.buffer, memory.byteOffset, count);
  const { bytes } = reader;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const single = datatype === 'FP32';
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
    const room = Math.min(CHUNK.length, count - stored);
    const after = readDecimals(reader, view, CHUNK, filled, room, single);
    if (after > filled) {
      filled = after;
    } else {
      CHUNK[filled] = readOther(reader, subject, stored + filled, lenient);
      filled += 1;
    }
  }
  if (stored + filled !== count) refuseCount();
  store(target, datatype, stored, filled);
  return toWireOrder(memory, width);
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
