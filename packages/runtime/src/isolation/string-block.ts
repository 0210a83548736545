import { ProtocolError } from './protocol.ts';

/** Strings as bytes: a u32 length for each, then their UTF-8 one after the other. */
export function encodeStrings(strings: readonly string[]): Uint8Array {
  let total = strings.length * 4;
  for (const text of strings) total += Buffer.byteLength(text);
  const block = Buffer.allocUnsafe(total);
  let position = strings.length * 4;
  for (const [index, text] of strings.entries()) {
    const length = block.write(text, position);
    block.writeUInt32LE(length, index * 4);
    position += length;
  }
  return block;
}

/** @throws ProtocolError when the block does not hold that many strings */
export function decodeStrings(bytes: Uint8Array, count: number): string[] {
  const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (count * 4 > block.length) throw new ProtocolError('A string tensor is shorter than its lengths.');
  const strings: string[] = [];
  let position = count * 4;
  for (let index = 0; index < count; index += 1) {
    const end = position + block.readUInt32LE(index * 4);
    if (end > block.length) throw new ProtocolError('A string reaches beyond its tensor.');
    strings.push(block.toString('utf8', position, end));
    position = end;
  }
  if (position !== block.length) throw new ProtocolError('A string tensor is longer than its strings.');
  return strings;
}
