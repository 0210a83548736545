import { POWERS_OF_TEN } from './decimal.ts';

/** Writes an integer below 2^53 and returns where it ends. */
export function putInteger(bytes: Uint8Array, start: number, value: number): number {
  let position = start;
  let rest = value;
  if (rest < 0) {
    bytes[position] = 0x2d;
    position += 1;
    rest = -rest;
  }
  if (rest >= 1e9) {
    const leading = Math.floor(rest / 1e9);
    position = putInteger(bytes, position, leading);
    return putDigits(bytes, position, rest - leading * 1e9, 9);
  }
  return putDigits(bytes, position, rest, countDigits(rest));
}

function countDigits(value: number): number {
  let digits = 1;
  for (let rest = value | 0; rest >= 10; rest = (rest / 10) | 0) digits += 1;
  return digits;
}

/** Writes an integer below 10^9 with so many digits. */
function putDigits(bytes: Uint8Array, start: number, value: number, digits: number): number {
  let rest = value | 0;
  for (let position = start + digits - 1; position >= start; position -= 1) {
    const next = (rest / 10) | 0;
    bytes[position] = 0x30 + rest - next * 10;
    rest = next;
  }
  return start + digits;
}

/**
 * Writes a number of single precision with as few of six to nine digits as read back as the same one, and
 * returns where it ends; 0 for what is so small or large that an exponent reads better.
 */
export function putSingle(bytes: Uint8Array, start: number, value: number): number {
  const magnitude = value < 0 ? -value : value;
  if (!(magnitude >= 1e-13 && magnitude < 1e9)) return 0;
  // Digits before the point; for smaller numbers the zeros after it, as a negative count.
  let before = 0;
  if (magnitude >= 1) while (magnitude >= POWERS_OF_TEN[before]!) before += 1;
  else while (magnitude * POWERS_OF_TEN[1 - before]! < 1) before -= 1;
  for (let digits = 6; digits <= 9; digits += 1) {
    const places = Math.max(digits - before, 0);
    const power = POWERS_OF_TEN[places]!;
    const scaled = Math.round(magnitude * power);
    // The quotient of two exact numbers is what `Number` reads from the text.
    if (Math.fround(scaled / power) !== magnitude) continue;
    return putFixed(bytes, value < 0 ? putMinus(bytes, start) : start, scaled, places);
  }
  return 0;
}

function putMinus(bytes: Uint8Array, position: number): number {
  bytes[position] = 0x2d;
  return position + 1;
}

/** Writes `scaled / 10^places` without zeros at its end. */
function putFixed(bytes: Uint8Array, start: number, scaled: number, places: number): number {
  let digits = scaled;
  let rest = places;
  while (rest > 0 && digits % 10 === 0) {
    digits /= 10;
    rest -= 1;
  }
  if (rest === 0) return putInteger(bytes, start, digits);
  const power = POWERS_OF_TEN[rest]!;
  const whole = Math.floor(digits / power);
  let position = putInteger(bytes, start, whole);
  bytes[position] = 0x2e;
  position += 1;
  let fraction = digits - whole * power;
  if (rest > 9) {
    const leading = Math.floor(fraction / 1e9);
    position = putDigits(bytes, position, leading, rest - 9);
    fraction -= leading * 1e9;
    return putDigits(bytes, position, fraction, 9);
  }
  return putDigits(bytes, position, fraction, rest);
}
