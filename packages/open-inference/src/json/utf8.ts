const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });
const KNOWN: string[] = Array.from({ length: 512 }, () => '');
const LONGEST_KNOWN = 40;

/** Where bytes stop being UTF-8 (RFC 3629), or -1 when all of them are. */
export function findInvalidUtf8(bytes: Uint8Array, start: number, end: number): number {
  let position = start;
  while (position < end) {
    const lead = bytes[position]!;
    if (lead < 0x80) {
      position += 1;
      continue;
    }
    const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length === 0 || position + length > end) return position;
    const second = bytes[position + 1]!;
    if ((second & 0xc0) !== 0x80) return position;
    // The shortest form, no surrogates, nothing past U+10FFFF.
    if (lead === 0xe0 && second < 0xa0) return position;
    if (lead === 0xed && second > 0x9f) return position;
    if (lead === 0xf0 && second < 0x90) return position;
    if (lead === 0xf4 && second > 0x8f) return position;
    for (let index = 2; index < length; index += 1) {
      if ((bytes[position + index]! & 0xc0) !== 0x80) return position;
    }
    position += length;
  }
  return -1;
}

/** Text of bytes that are UTF-8; a byte order mark is text. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  if (length === 0) return '';
  if (length > LONGEST_KNOWN) return DECODER.decode(bytes.subarray(start, end));
  let hash = length;
  for (let position = start; position < end; position += 1) {
    const byte = bytes[position]!;
    if (byte >= 0x80) return DECODER.decode(bytes.subarray(start, end));
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  // Names come again with every request: the string of last time costs no memory and compares by identity.
  const slot = (hash ^ (hash >>> 9) ^ (hash >>> 18)) & 511;
  const known = KNOWN[slot]!;
  if (isText(known, bytes, start, length)) return known;
  let text = '';
  for (let position = start; position < end; position += 1) text += String.fromCharCode(bytes[position]!);
  KNOWN[slot] = text;
  return text;
}

function isText(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let index = 0; index < length; index += 1) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}
