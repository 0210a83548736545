import { ProtocolError } from '@switchyard/open-inference';

const LONGEST_NAME = 256;
const MOST_NAMES = 32;

/** A name of a client's in a message, cut where it is so long that the message would be about nothing else. */
export function shown(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME)}...`;
}

/** `['A','B']`, as Triton's messages list names. */
export function nameList(names: readonly string[]): string {
  const listed = names.slice(0, MOST_NAMES).map((name) => `'${shown(name)}'`);
  if (names.length > MOST_NAMES) listed.push(`and ${names.length - MOST_NAMES} more`);
  return `[${listed.join(',')}]`;
}

/** `[-1,16]`, as Triton's messages write shapes. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(',')}]`;
}

/** A refusal of what the client sent. */
export function invalid(message: string): ProtocolError {
  return new ProtocolError('invalid-argument', message);
}
