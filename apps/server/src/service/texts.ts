import { ProtocolError } from '@switchyard/open-inference';
import { shown } from '../repository/texts.ts';

const MOST_NAMES = 32;

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
