/** Powers of ten that a double holds exactly. */
export const EXACT_POWERS: number = 22;
const MOST_POWERS = 100;
/** Powers of ten, each as the nearest double. */
export const POWERS_OF_TEN: Float64Array = new Float64Array(MOST_POWERS + 1);
/** What the double leaves of the power: high + low is right to 106 bits. */
const POWER_LOW = new Float64Array(MOST_POWERS + 1);
for (let exponent = 0; exponent <= MOST_POWERS; exponent += 1) {
  const power = 10n ** BigInt(exponent);
  const high = Number(power);
  POWERS_OF_TEN[exponent] = high;
  POWER_LOW[exponent] = Number(power - BigInt(high));
}
/** Splits a double into two of 26 bits (Veltkamp). */
const SPLITTER = 2 ** 27 + 1;
/** More than the relative error of the computation below, whose 2^-100 is nothing beside it. */
const DOUBT = 1 + 2 ** -20;

/**
 * Stores `(leading * 10^trailingDigits + trailing) * 10^exponent`, rounded to the nearest double as
 * `Number` would, at `values[index]`. Both parts are integers of at most nine digits.
 *
 * Returns `false` and stores nothing sensible when that takes more than doubles can tell: so near the
 * middle between two of them, or so large or small an exponent.
 */
export function storeDecimal(
  values: Float64Array,
  index: number,
  leading: number,
  trailing: number,
  trailingDigits: number,
  exponent: number,
): boolean {
  const scale = POWERS_OF_TEN[trailingDigits]!;
  // Exact below 2^53.
  const whole = leading * scale + trailing;
  if (whole < 9007199254740992) {
    if (exponent === 0) {
      values[index] = whole;
      return true;
    }
    if (exponent < 0 && exponent >= -EXACT_POWERS) {
      values[index] = whole / POWERS_OF_TEN[-exponent]!;
      return true;
    }
    if (exponent > 0 && exponent <= EXACT_POWERS) {
      values[index] = whole * POWERS_OF_TEN[exponent]!;
      return true;
    }
  }
  if (exponent > MOST_POWERS || exponent < -MOST_POWERS) return false;
  // A sum of two doubles carries 106 bits through one multiplication or division (Dekker).
  const product = leading * scale;
  const productRest = productError(leading, scale, product);
  const high = product + trailing;
  const low = trailing - (high - product) + productRest;
  let nearest: number;
  let rest: number;
  if (exponent < 0) {
    const powerHigh = POWERS_OF_TEN[-exponent]!;
    const first = high / powerHigh;
    const back = first * powerHigh;
    const remainder =
      high - back - productError(first, powerHigh, back) + low - first * POWER_LOW[-exponent]!;
    const second = remainder / powerHigh;
    nearest = first + second;
    rest = second - (nearest - first);
  } else {
    const powerHigh = POWERS_OF_TEN[exponent]!;
    const first = high * powerHigh;
    const second = productError(high, powerHigh, first) + (high * POWER_LOW[exponent]! + low * powerHigh);
    nearest = first + second;
    rest = second - (nearest - first);
  }
  values[index] = nearest;
  return nearest + rest * DOUBT === nearest;
}

/** `left * right - product`, exactly. */
function productError(left: number, right: number, product: number): number {
  const leftPushed = left * SPLITTER;
  const leftHigh = leftPushed - (leftPushed - left);
  const leftLow = left - leftHigh;
  const rightPushed = right * SPLITTER;
  const rightHigh = rightPushed - (rightPushed - right);
  const rightLow = right - rightHigh;
  return leftHigh * rightHigh - product + leftHigh * rightLow + leftLow * rightHigh + leftLow * rightLow;
}
