import type { JsonReader } from '../json/json-reader.ts';
import { ProtocolError } from '../protocol-error.ts';

/** Reads a string that `field` must be. */
export function readStringField(reader: JsonReader, field: string): string {
  if (reader.kind() !== 'string') refuseField(field, 'attempt to access JSON non-string as string');
  return reader.readString();
}

/** Reads a list of sizes that `field` must be. */
export function readShapeField(reader: JsonReader, field: string): number[] {
  if (reader.kind() !== 'array') refuseField(field, 'attempt to access JSON non-array as array');
  const shape: number[] = [];
  if (!reader.beginArray()) return shape;
  do {
    const integral = reader.kind() === 'number' && reader.passNumber();
    const size = integral ? reader.passedNumber() : -1;
    if (size < 0 || size > 2 ** 64) {
      refuseField(field, 'attempt to access JSON non-unsigned-integer as unsigned-integer');
    }
    shape.push(size + 0);
  } while (reader.nextElement());
  return shape;
}

/** Refuses a field of JSON. */
export function refuseField(field: string, problem: string): never {
  throw new ProtocolError('invalid-argument', `Unable to parse '${field}': ${problem}`);
}

/** Refuses a message without a field that it must have. */
export function refuseAbsent(field: string): never {
  refuseField(field, `attempt to access non-existing object member '${field}'`);
}

/** Refuses a field that is there twice: nobody can tell which is meant. */
export function refuseTwice(field: string): never {
  refuseField(field, 'the object has this member twice');
}
