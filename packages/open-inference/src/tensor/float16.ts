const double = new Float64Array(1);
const doubleWords = new Uint32Array(double.buffer);
const HIGH_WORD = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;
const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** The number that an IEEE 754 half-precision bit pattern stands for. */
export function float16ToNumber(bits: number): number {
  const fraction = bits & 0x3ff;
  const exponent = (bits >> 10) & 0x1f;
  let magnitude: number;
  if (exponent === 0) magnitude = fraction * 2 ** -24;
  else if (exponent < 0x1f) magnitude = (fraction + 1024) * 2 ** (exponent - 25);
  else magnitude = fraction === 0 ? Infinity : NaN;
  return bits & 0x8000 ? -magnitude : magnitude;
}

/** Nearest half-precision bit pattern, ties to even; too large becomes infinity, NaN becomes 0x7e00. */
export function numberToFloat16(value: number): number {
  return Number.isNaN(value) ? 0x7e00 : roundToPattern(value, 10, -14, 0x7c00);
}

/** The number that a bfloat16 bit pattern stands for. */
export function bfloat16ToNumber(bits: number): number {
  singleBits[0] = (bits << 16) >>> 0;
  return single[0]!;
}

/** Nearest bfloat16 bit pattern, ties to even; too large becomes infinity, NaN becomes 0x7fc0. */
export function numberToBfloat16(value: number): number {
  return Number.isNaN(value) ? 0x7fc0 : roundToPattern(value, 7, -126, 0x7f80);
}

function roundToPattern(
  value: number,
  fractionBits: number,
  minimumExponent: number,
  infinity: number,
): number {
  double[0] = value;
  const high = doubleWords[HIGH_WORD]!;
  const sign = (high >>> 16) & 0x8000;
  const exponent = Math.max(((high >>> 20) & 0x7ff) - 1023, minimumExponent);
  const bias = exponent - minimumExponent;
  if (bias > infinity >> fractionBits) return sign | infinity;
  // Adding this pushes the bits that do not fit out of the double: the processor rounds, ties to even.
  const push = 2 ** (exponent - fractionBits + 52);
  const units = (Math.abs(value) + push - push) / 2 ** (exponent - fractionBits);
  // A fraction that rounds up to the next power of two carries into the exponent by plain addition.
  return sign | Math.min((bias << fractionBits) + units, infinity);
}
