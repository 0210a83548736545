import { EXACT_POWERS, POWERS_OF_TEN, storeDecimal } from './decimal.ts';
import type { JsonReader } from './json-reader.ts';

/** Most digits that fit an integer of 32 bits. */
const GROUP = 9;
/** What so many digits of a word multiply the ones before them with. */
const SCALES = Int32Array.of(1, 10, 100, 1000, 10000);
/** More than the relative error of a sum, a product and a quotient of doubles. */
const BELOW = 1 - 2 ** -49;
const ABOVE = 1 + 2 ** -49;

/**
 * Reads numbers that follow each other with nothing but a comma and a space between them into `values`
 * from `start` on, until those are full or something else comes, which may be a number that takes care:
 * more than 18 digits, or so near the middle of two doubles that `Number` must tell. Returns where it
 * stopped in `values`; the reader is after the number read last, or where it was. With `single`, the
 * numbers are rounded as `Math.fround` rounds them.
 */
export function readDecimals(
  reader: JsonReader,
  view: DataView,
  values: Float64Array,
  start: number,
  limit: number,
  single: boolean,
): number {
  const { bytes } = reader;
  // What follows a number is in the document too: nothing is read at the end itself.
  const last = reader.end - 1;
  const lastWord = reader.end - 4;
  let position = reader.position;
  let index = start;
  numbers: while (index < limit) {
    let byte = bytes[position]!;
    const negative = byte === 0x2d;
    if (negative) {
      if (position >= last) break;
      position += 1;
      byte = bytes[position]!;
    }
    let leading = byte - 0x30;
    if (!(leading >= 0 && leading <= 9) || position >= last) break;
    position += 1;
    byte = bytes[position]!;
    let room = GROUP;
    let digit = 0;
    if (leading !== 0) {
      room = GROUP - 1;
      digit = byte - 0x30;
      while (digit >= 0 && digit <= 9 && room > 0 && position < last) {
        room -= 1;
        leading = (leading * 10 + digit) | 0;
        position += 1;
        byte = bytes[position]!;
        digit = byte - 0x30;
      }
      if (digit >= 0 && digit <= 9) break;
    }
    let trailing = 0;
    let spare = GROUP;
    let places = 0;
    if (byte === 0x2e) {
      if (position >= last) break;
      position += 1;
      const fraction = position;
      if (leading === 0) while (position < last && bytes[position] === 0x30) position += 1;
      // Up to four digits at a time, without a branch on how many: a byte is one when its upper half
      // is zero and its lower half and 6 need no fifth bit. The ones that are taken move to the end of their
      // word. No step leaves 31 bits, where the engine would go on in doubles.
      let taken = 4;
      while (room > 0 && taken === 4) {
        if (position > lastWord) break numbers;
        const word = view.getInt32(position, true) ^ 0x30303030;
        const others = ((word >>> 4) & 0x0f0f0f0f) | (((word & 0x0f0f0f0f) + 0x06060606) & 0x10101010);
        taken = Math.min(others === 0 ? 4 : (31 - Math.clz32(others & -others)) >> 3, room);
        const half = 16 - 4 * taken;
        const digits = (word << half) << half;
        const pairs = digits * 10 + (digits >>> 8);
        leading = (leading * SCALES[taken]! + (pairs & 0xff) * 100 + ((pairs >>> 16) & 0xff)) | 0;
        position += taken;
        room -= taken;
      }
      if (room === 0) {
        taken = 4;
        while (spare > 0 && taken === 4) {
          if (position > lastWord) break numbers;
          const word = view.getInt32(position, true) ^ 0x30303030;
          const others = ((word >>> 4) & 0x0f0f0f0f) | (((word & 0x0f0f0f0f) + 0x06060606) & 0x10101010);
          taken = Math.min(others === 0 ? 4 : (31 - Math.clz32(others & -others)) >> 3, spare);
          const half = 16 - 4 * taken;
          const digits = (word << half) << half;
          const pairs = digits * 10 + (digits >>> 8);
          trailing = (trailing * SCALES[taken]! + (pairs & 0xff) * 100 + ((pairs >>> 16) & 0xff)) | 0;
          position += taken;
          spare -= taken;
        }
      }
      byte = bytes[position]!;
      digit = byte - 0x30;
      if (digit >= 0 && digit <= 9) break;
      places = position - fraction;
      if (places === 0) break;
    }
    let power = 0;
    if ((byte | 0x20) === 0x65) {
      if (position >= last) break;
      position += 1;
      byte = bytes[position]!;
      const below = byte === 0x2d;
      if (below || byte === 0x2b) {
        if (position >= last) break;
        position += 1;
        byte = bytes[position]!;
      }
      const first = position;
      digit = byte - 0x30;
      while (digit >= 0 && digit <= 9 && position < last && position - first < 4) {
        power = power * 10 + digit;
        position += 1;
        byte = bytes[position]!;
        digit = byte - 0x30;
      }
      if (position === first || (digit >= 0 && digit <= 9)) break;
      if (below) power = 0 - power;
    }
    if (spare === GROUP && power === 0 && places <= EXACT_POWERS) {
      // One rounding of two exact numbers.
      values[index] = leading / POWERS_OF_TEN[places]!;
    } else if (single && power === 0 && places <= EXACT_POWERS) {
      const near = (leading * POWERS_OF_TEN[GROUP - spare]! + trailing) / POWERS_OF_TEN[places]!;
      const nearest = Math.fround(near * BELOW);
      if (nearest === Math.fround(near * ABOVE)) values[index] = nearest;
      else if (!storeDecimal(values, index, leading, trailing, GROUP - spare, -places)) break;
    } else if (!storeDecimal(values, index, leading, trailing, GROUP - spare, power - places)) break;
    if (negative) values[index] = -values[index]!;
    reader.position = position;
    index += 1;
    if (byte !== 0x2c || position >= last) break;
    position += 1;
    if (bytes[position] === 0x20 && position < last) position += 1;
  }
  return index;
}
