import { ElementWalker } from '../json/element-walker.ts';
import type { JsonReader } from '../json/json-reader.ts';
import { refuseCount, refuseElement, type TensorSubject } from './tensor-subject.ts';

/** Reads an array of `count` strings as UTF-8; those without escapes are views of the document. */
export function readStrings(reader: JsonReader, count: number, subject: TensorSubject): Uint8Array[] {
  const elements: Uint8Array[] = [];
  const walker = new ElementWalker(reader);
  while (walker.next()) {
    if (elements.length === count) refuseCount();
    const kind = reader.kind();
    if (kind !== 'string') refuseElement(subject, elements.length, `is of the type ${kind}, not a string`);
    elements.push(reader.readStringBytes());
  }
  if (elements.length !== count) refuseCount();
  return elements;
}
