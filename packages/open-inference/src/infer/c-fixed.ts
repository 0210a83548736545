/** A number with six decimals as C's `%f` prints it, ties to even, never with an exponent. */
export function formatFixed(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  const magnitude = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  return sign + formatMagnitude(magnitude);
}

function formatMagnitude(magnitude: number): string {
  // From here on doubles are integers, which `toFixed` prints with an exponent.
  if (magnitude >= 2 ** 53) return `${BigInt(magnitude)}.000000`;
  // Half of the last decimal is 5^-6 of a 128th: only odd 128ths lie in the middle. `toFixed` rounds them up.
  const parts = magnitude * 128;
  if (parts % 2 !== 1) return magnitude.toFixed(6);
  const halves = BigInt(parts) * 15625n;
  const below = halves / 2n;
  const digits = String(below % 2n === 0n ? below : below + 1n).padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
