import { findInvalidUtf8 } from './utf8.ts';
import type { JsonReader } from './json-reader.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ESCAPES: ReadonlyMap<number, number> = new Map([
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0x2f, 0x2f],
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
]);

/**
 * Passes over a string whose opening quote is at the reader's position, and checks all of it.
 * The reader knows where its inside begins and ends, and whether it has escapes.
 */
export function passString(reader: JsonReader): void {
  const { bytes, end } = reader;
  const start = reader.position + 1;
  let position = start;
  let escaped = false;
  let above = 0;
  for (;;) {
    if (position >= end) reader.fail('Missing a closing quotation mark in string.', start - 1);
    const byte = bytes[position]!;
    if (byte === QUOTE) break;
    if (byte === BACKSLASH) {
      escaped = true;
      position = passEscape(reader, position);
      continue;
    }
    if (byte < 0x20) reader.fail('Invalid encoding in string.', position);
    above |= byte;
    position += 1;
  }
  if (above >= 0x80) {
    const invalid = findInvalidUtf8(bytes, start, position);
    if (invalid >= 0) reader.fail('Invalid encoding in string.', invalid);
  }
  reader.stringStart = start;
  reader.stringEnd = position;
  reader.stringEscaped = escaped;
  reader.position = position + 1;
}

/** The UTF-8 of a string that {@link passString} passed over and that has escapes. */
export function unescapeString(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const text = new Uint8Array(end - start);
  let length = 0;
  let position = start;
  while (position < end) {
    const byte = bytes[position]!;
    if (byte !== BACKSLASH) {
      text[length] = byte;
      length += 1;
      position += 1;
      continue;
    }
    const plain = ESCAPES.get(bytes[position + 1]!);
    if (plain !== undefined) {
      text[length] = plain;
      length += 1;
      position += 2;
      continue;
    }
    let code = hexadecimal(bytes, position + 2);
    position += 6;
    if (code >= 0xd800 && code < 0xdc00) {
      code = 0x10000 + ((code - 0xd800) << 10) + (hexadecimal(bytes, position + 2) - 0xdc00);
      position += 6;
    }
    length = putCodePoint(text, length, code);
  }
  return text.subarray(0, length);
}

function passEscape(reader: JsonReader, position: number): number {
  const { bytes, end } = reader;
  const kind = position + 1 < end ? bytes[position + 1]! : -1;
  if (ESCAPES.has(kind)) return position + 2;
  if (kind !== 0x75) reader.fail('Invalid escape character in string.', position);
  const code = checkedHexadecimal(reader, position);
  if (code < 0xd800 || code > 0xdfff) return position + 6;
  const next = position + 6;
  const paired =
    code < 0xdc00 &&
    next + 1 < end &&
    bytes[next] === BACKSLASH &&
    bytes[next + 1] === 0x75 &&
    (checkedHexadecimal(reader, next) & 0xfc00) === 0xdc00;
  if (!paired) reader.fail('The surrogate pair in string is invalid.', position);
  return next + 6;
}

function checkedHexadecimal(reader: JsonReader, position: number): number {
  const code = position + 6 <= reader.end ? hexadecimal(reader.bytes, position + 2) : -1;
  if (code < 0) reader.fail('Incorrect hex digit after \\u escape in string.', position);
  return code;
}

function hexadecimal(bytes: Uint8Array, start: number): number {
  let code = 0;
  for (let position = start; position < start + 4; position += 1) {
    const byte = bytes[position]!;
    const lower = byte | 0x20;
    let digit: number;
    if (byte >= 0x30 && byte <= 0x39) digit = byte - 0x30;
    else if (lower >= 0x61 && lower <= 0x66) digit = lower - 0x57;
    else return -1;
    code = code * 16 + digit;
  }
  return code;
}

function putCodePoint(text: Uint8Array, start: number, code: number): number {
  let length = start;
  if (code < 0x80) {
    text[length++] = code;
  } else if (code < 0x800) {
    text[length++] = 0xc0 | (code >> 6);
    text[length++] = 0x80 | (code & 0x3f);
  } else if (code < 0x10000) {
    text[length++] = 0xe0 | (code >> 12);
    text[length++] = 0x80 | ((code >> 6) & 0x3f);
    text[length++] = 0x80 | (code & 0x3f);
  } else {
    text[length++] = 0xf0 | (code >> 18);
    text[length++] = 0x80 | ((code >> 12) & 0x3f);
    text[length++] = 0x80 | ((code >> 6) & 0x3f);
    text[length++] = 0x80 | (code & 0x3f);
  }
  return length;
}
