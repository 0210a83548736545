import { ProtocolError } from '../protocol-error.ts';

/** Length of the word that says how long an element is. */
const LENGTH_BYTES = 4;

/**
 * Takes the elements of BYTES apart: each a little-endian length of 32 bits and its bytes. The elements
 * are views of `bytes`. `subject` is for refusals, as `" for inference input 'X' for model 'm'"`.
 *
 * @throws invalid-argument unless the bytes are exactly `count` elements
 */
export function splitElements(bytes: Uint8Array, count: number, subject: string = ''): Uint8Array[] {
  const elements: Uint8Array[] = [];
  let position = 0;
  while (position < bytes.length) {
    if (elements.length === count) {
      refuse(`unexpected number of string elements ${count + 1}${subject}, expecting ${count}`);
    }
    const rest = bytes.length - position;
    if (rest < LENGTH_BYTES) {
      refuse(
        `incomplete string length indicator${subject}, expecting ${LENGTH_BYTES} bytes but only ${rest} bytes available. Please make sure the string length indicator is in one buffer.`,
      );
    }
    const length =
      (bytes[position]! |
        (bytes[position + 1]! << 8) |
        (bytes[position + 2]! << 16) |
        (bytes[position + 3]! << 24)) >>>
      0;
    if (length > rest - LENGTH_BYTES) {
      refuse(
        `incomplete string data${subject}, expecting string of length ${length} but only ${rest - LENGTH_BYTES} bytes available. Please make sure the string is in one buffer.`,
      );
    }
    const start = position + LENGTH_BYTES;
    elements.push(bytes.subarray(start, start + length));
    position = start + length;
  }
  if (elements.length !== count) {
    refuse(`expected ${count} string elements${subject}, got ${elements.length}`);
  }
  return elements;
}

/** Puts the elements of BYTES together, as {@link splitElements} takes them apart. */
export function joinElements(elements: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(joinedSize(elements));
  let position = 0;
  for (const element of elements) {
    const { length } = element;
    bytes[position] = length;
    bytes[position + 1] = length >>> 8;
    bytes[position + 2] = length >>> 16;
    bytes[position + 3] = length >>> 24;
    bytes.set(element, position + LENGTH_BYTES);
    position += LENGTH_BYTES + length;
  }
  return bytes;
}

function joinedSize(elements: readonly Uint8Array[]): number {
  let size = 0;
  for (const element of elements) size += LENGTH_BYTES + element.length;
  return size;
}

function refuse(text: string): never {
  throw new ProtocolError('invalid-argument', text);
}
