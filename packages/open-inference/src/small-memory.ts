const PIECE_BYTES = 65_536;
const LARGEST = 4096;

let piece = new ArrayBuffer(PIECE_BYTES);
let taken = 0;

/**
 * Zeroed bytes at a multiple of eight. Small ones are cut from a larger piece, as Node's `Buffer` does it:
 * memory of its own costs more than reading a small tensor. A piece lives as long as anything in it.
 */
export function takeMemory(byteLength: number): Uint8Array<ArrayBuffer> {
  if (byteLength > LARGEST) return new Uint8Array(byteLength);
  if (taken + byteLength > PIECE_BYTES) {
    piece = new ArrayBuffer(PIECE_BYTES);
    taken = 0;
  }
  const memory = new Uint8Array(piece, taken, byteLength);
  taken = (taken + byteLength + 7) & ~7;
  return memory;
}
