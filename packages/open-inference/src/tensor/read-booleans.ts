import { ElementWalker } from '../json/element-walker.ts';
import type { JsonReader } from '../json/json-reader.ts';
import { refuseCount, refuseElement, type TensorSubject } from './tensor-subject.ts';

/** Reads an array of `count` of `true`, `false`, 1 and 0 as bytes of the wire. */
export function readBooleans(reader: JsonReader, count: number, subject: TensorSubject): Uint8Array {
  const target = new Uint8Array(count);
  const walker = new ElementWalker(reader);
  let index = 0;
  while (walker.next()) {
    if (index === count) refuseCount();
    target[index] = readBoolean(reader, subject, index) ? 1 : 0;
    index += 1;
  }
  if (index !== count) refuseCount();
  return target;
}

function readBoolean(reader: JsonReader, subject: TensorSubject, index: number): boolean {
  const kind = reader.kind();
  if (kind === 'boolean') return reader.readBoolean();
  if (kind !== 'number') {
    return refuseElement(subject, index, `is of the type ${kind}, not true, false, 0 or 1`);
  }
  const integral = reader.passNumber();
  const length = reader.position - reader.numberStart;
  const digit = reader.bytes[reader.numberStart]!;
  if (!integral || length !== 1 || digit > 0x31) {
    refuseElement(subject, index, 'is a number, not true, false, 0 or 1');
  }
  return digit === 0x31;
}
