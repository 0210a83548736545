import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { bytesPerElement, type Datatype } from '../datatype.ts';
import type { TensorContent } from '../messages.ts';
import { checkEnd, readEnd, skipField, type MessageScope } from './wire-fields.ts';

/** Kinds of elements in the order of the fields of `InferTensorContents`, as texts call them. */
const FIELD_DATATYPES = ['BOOL', 'INT32', 'INT64', 'UINT32', 'UINT64', 'FP32', 'FP64', 'BYTES'] as const;

const FIELD_OF: Readonly<Record<Datatype, number>> = {
  BOOL: 1,
  INT8: 2,
  INT16: 2,
  INT32: 2,
  INT64: 3,
  UINT8: 4,
  UINT16: 4,
  UINT32: 4,
  UINT64: 5,
  FP16: 0,
  BF16: 0,
  FP32: 6,
  FP64: 7,
  BYTES: 8,
};

/** What a tensor's `contents` hold, counted without taking memory for it. */
export interface ContentsSurvey {
  /** Elements in the field that belongs to the datatype. */
  readonly count: number;
  /** Datatype of a field that has elements and does not belong to the datatype, or `null`. */
  readonly foreign: string | null;
}

/** Something that a range of the wire cannot hold. */
export class RangeProblem extends Error {
  readonly element: number;
  readonly value: string;

  constructor(element: number, value: string) {
    super(`element ${element} is ${value}`);
    this.name = 'RangeProblem';
    this.element = element;
    this.value = value;
  }
}

interface SegmentSink {
  /** Values of one field: a packed list, or one value, which is a list of one. */
  take(field: number, bytes: Uint8Array, start: number, end: number): void;
}

/** Counts the elements of `contents`. */
export function surveyContents(
  ranges: readonly number[],
  datatype: Datatype,
  scope: MessageScope,
): ContentsSurvey {
  const counter = new Counter();
  walk(ranges, counter, scope);
  const own = FIELD_OF[datatype];
  const foreign = counter.counts.findIndex((count, field) => field !== own && count > 0);
  return {
    count: own === 0 ? 0 : counter.counts[own]!,
    foreign: foreign === -1 ? null : FIELD_DATATYPES[foreign - 1]!,
  };
}

/**
 * The elements of `contents`, of which `surveyContents` said that there are `count`. Floating-point
 * numbers in one piece stay where they are.
 *
 * @throws RangeProblem for an integer that the datatype does not hold
 */
export function readContents(
  ranges: readonly number[],
  datatype: Datatype,
  count: number,
  scope: MessageScope,
): TensorContent {
  if (datatype === 'BYTES') {
    const elements: Uint8Array[] = [];
    walk(ranges, new ElementSink(elements), scope);
    return { kind: 'elements', elements };
  }
  const filler = new Filler(datatype, count);
  walk(ranges, filler, scope);
  return { kind: 'bytes', bytes: filler.result() };
}

function walk(ranges: readonly number[], sink: SegmentSink, scope: MessageScope): void {
  const { bytes } = scope;
  const reader = new BinaryReader(bytes);
  for (let index = 0; index < ranges.length; index += 2) {
    reader.pos = ranges[index]!;
    const end = ranges[index + 1]!;
    while (reader.pos < end) {
      const [field, wireType] = reader.tag();
      const single = field <= 5 ? WireType.Varint : field === 6 ? WireType.Bit32 : WireType.Bit64;
      if (field <= 8 && wireType === WireType.LengthDelimited) {
        const segmentEnd = readEnd(reader, end);
        sink.take(field, bytes, reader.pos, segmentEnd);
        reader.pos = segmentEnd;
      } else if (field <= 7 && wireType === single) {
        const start = reader.pos;
        reader.skip(wireType);
        sink.take(field, bytes, start, reader.pos);
      } else {
        skipField(reader, field * 8 + wireType, scope);
      }
    }
    checkEnd(reader, end);
  }
}

class Counter implements SegmentSink {
  readonly counts: number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0];

  take(field: number, bytes: Uint8Array, start: number, end: number): void {
    let count = 1;
    if (field === 6 || field === 7) {
      const width = field === 6 ? 4 : 8;
      count = (end - start) / width;
      if (!Number.isInteger(count)) throw new RangeError(`a list of ${width}-byte numbers ends within one`);
    } else if (field < 6) {
      count = 0;
      for (let position = start; position < end; position += 1) if (bytes[position]! < 0x80) count += 1;
      if (end > start && bytes[end - 1]! >= 0x80) throw new RangeError('a list of integers ends within one');
    }
    this.counts[field]! += count;
  }
}

class ElementSink implements SegmentSink {
  private readonly elements: Uint8Array[];

  constructor(elements: Uint8Array[]) {
    this.elements = elements;
  }

  take(field: number, bytes: Uint8Array, start: number, end: number): void {
    if (field === 8) this.elements.push(bytes.subarray(start, end));
  }
}

class Filler implements SegmentSink {
  private readonly datatype: Datatype;
  private readonly byteLength: number;
  private whole: Uint8Array | null = null;
  private target: Uint8Array | null = null;
  private view: DataView | null = null;
  private written: number = 0;

  constructor(datatype: Datatype, count: number) {
    this.datatype = datatype;
    this.byteLength = count * (bytesPerElement(datatype) ?? 0);
  }

  result(): Uint8Array {
    return this.whole ?? this.target ?? new Uint8Array(this.byteLength);
  }

  take(field: number, bytes: Uint8Array, start: number, end: number): void {
    if (field !== FIELD_OF[this.datatype] || start === end) return;
    if (field >= 6) {
      if (end - start === this.byteLength) {
        this.whole = bytes.subarray(start, end);
        return;
      }
      this.target ??= new Uint8Array(this.byteLength);
      this.target.set(bytes.subarray(start, end), this.written);
      this.written += end - start;
      return;
    }
    this.target ??= new Uint8Array(this.byteLength);
    this.view ??= new DataView(this.target.buffer);
    this.takeIntegers(bytes, start, end, this.view);
  }

  private takeIntegers(bytes: Uint8Array, start: number, end: number, view: DataView): void {
    let position = start;
    while (position < end) {
      let low = 0;
      let high = 0;
      let shift = 0;
      let byte: number;
      do {
        if (shift > 63) throw new RangeError('an integer is longer than 10 bytes');
        byte = bytes[position]!;
        position += 1;
        if (shift < 28) low |= (byte & 0x7f) << shift;
        else if (shift === 28) {
          low |= (byte & 0x0f) << 28;
          high = (byte & 0x7f) >>> 4;
        } else high |= (byte & 0x7f) << (shift - 32);
        shift += 7;
      } while (byte >= 0x80);
      this.put(low, high, view);
    }
  }

  private put(low: number, high: number, view: DataView): void {
    const offset = this.written;
    switch (this.datatype) {
      case 'BOOL':
        view.setUint8(offset, (low | high) === 0 ? 0 : 1);
        this.written = offset + 1;
        break;
      case 'INT8':
        view.setInt8(offset, this.within(low, -128, 127));
        this.written = offset + 1;
        break;
      case 'INT16':
        view.setInt16(offset, this.within(low, -32_768, 32_767), true);
        this.written = offset + 2;
        break;
      case 'UINT8':
        view.setUint8(offset, this.within(low >>> 0, 0, 255));
        this.written = offset + 1;
        break;
      case 'UINT16':
        view.setUint16(offset, this.within(low >>> 0, 0, 65_535), true);
        this.written = offset + 2;
        break;
      case 'INT64':
      case 'UINT64':
        view.setInt32(offset, low, true);
        view.setInt32(offset + 4, high, true);
        this.written = offset + 8;
        break;
      case 'INT32':
      case 'UINT32':
        view.setInt32(offset, low, true);
        this.written = offset + 4;
        break;
      case 'FP16':
      case 'BF16':
      case 'FP32':
      case 'FP64':
      case 'BYTES':
        throw new TypeError(`${this.datatype} has no list of integers`);
    }
  }

  private within(value: number, least: number, most: number): number {
    if (value < least || value > most) {
      throw new RangeProblem(this.written / (bytesPerElement(this.datatype) ?? 1), String(value));
    }
    return value;
  }
}
