import type { Datatype } from '../datatype.ts';
import type { JsonReader } from '../json/json-reader.ts';
import type { TensorContent } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { readBooleans } from './read-booleans.ts';
import { readFloats } from './read-floats.ts';
import { readLargeIntegers, readSmallIntegers } from './read-integers.ts';
import { readStrings } from './read-strings.ts';
import { refuseCount, type TensorSubject } from './tensor-subject.ts';

/** Reads `data`, nested or flat, into a tensor of `count` elements. */
export function readData(
  reader: JsonReader,
  datatype: Datatype,
  count: number,
  subject: TensorSubject,
  lenient: boolean,
): TensorContent {
  if (reader.kind() !== 'array') {
    throw new ProtocolError(
      'invalid-argument',
      "Unable to parse 'data': attempt to access JSON non-array as array",
    );
  }
  // An element takes a character and a comma at least: nothing is reserved that the rest cannot fill.
  if (count > (reader.end - reader.position) / 2) refuseCount();
  switch (datatype) {
    case 'BYTES':
      return { kind: 'elements', elements: readStrings(reader, count, subject) };
    case 'BOOL':
      return { kind: 'bytes', bytes: readBooleans(reader, count, subject) };
    case 'INT64':
    case 'UINT64':
      return { kind: 'bytes', bytes: readLargeIntegers(reader, datatype, count, subject) };
    case 'FP16':
    case 'BF16':
    case 'FP32':
    case 'FP64':
      return { kind: 'bytes', bytes: readFloats(reader, datatype, count, subject, lenient) };
    case 'UINT8':
    case 'UINT16':
    case 'UINT32':
    case 'INT8':
    case 'INT16':
    case 'INT32':
      return { kind: 'bytes', bytes: readSmallIntegers(reader, datatype, count, subject) };
  }
}
