import { tensorValues, type DType, type Tensors } from '@switchyard/core';

/** A value of an output in JSON; text for what JSON has no number for. */
export type JsonOutputValue = number | string | boolean;

/** One output in JSON. */
export interface JsonOutput {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Row-major, not nested, so that an empty tensor has a place too. */
  readonly values: readonly JsonOutputValue[];
}

/**
 * Outputs as plain objects for `JSON.stringify`, without loss: integers that a JavaScript number cannot hold
 * exactly are text of digits, and NaN and infinities are `"NaN"`, `"Infinity"` and `"-Infinity"`. Negative zero
 * becomes `"-0"`, because JSON.stringify would drop the sign. `--input` reads it back.
 */
export function outputsToJson(outputs: Tensors): Record<string, JsonOutput> {
  const entries = Object.entries(outputs).map(
    ([name, tensor]) =>
      [
        name,
        { dtype: tensor.dtype, shape: tensor.shape, values: tensorValues(tensor).map(toJsonValue) },
      ] as const,
  );
  return Object.fromEntries(entries);
}

function toJsonValue(value: number | bigint | boolean | string): JsonOutputValue {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    return Object.is(value, -0) ? '-0' : String(value);
  }
  return value;
}
