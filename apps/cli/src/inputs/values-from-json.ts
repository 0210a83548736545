import { makeTensor, TensorError, tensorValues, type DType, type Tensor } from '@switchyard/core';
import type { FlatJson, JsonLeaf } from './flatten-json.ts';

const FLOATS: ReadonlySet<DType> = new Set(['float32', 'float64', 'float16', 'bfloat16']);
const WORDS: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  // What outputsToJson writes, because JSON.stringify drops the sign.
  ['-0', -0],
]);

/**
 * Makes a tensor of JSON values. Numbers become any numeric dtype that holds them; a float is rounded
 * to the nearest, but does not overflow. Text of digits is accepted for `int64` and `uint64`, and
 * `"NaN"`, `"Infinity"`, `"-Infinity"` and `"-0"` for floats. Throws a `TensorError` (`input-value`) that names the
 * position in the nesting.
 *
 * @param shape shape of the tensor, which may differ from the nesting but has as many elements
 */
export function valuesFromJson(
  dtype: DType,
  shape: readonly number[],
  flat: FlatJson,
  tensor: string,
  source: string,
): Tensor {
  const fail = (index: number, found: string, wanted: string): never => {
    throw new TensorError(
      'input-value',
      `${placeAt(index, flat.shape)} in ${source} is ${found}, but the input \`${tensor}\` is ${dtype}, which ${wanted}.`,
      { tensor },
    );
  };
  const values = flat.leaves.map((leaf, index) => toValue(dtype, leaf, index, fail));
  if (!FLOATS.has(dtype)) {
    // One at a time first: the position in the nesting is what the reader can find.
    if (dtype !== 'string' && dtype !== 'bool') {
      const [minimum, maximum] = rangeOf(dtype);
      for (const [index, value] of values.entries()) {
        if ((value as number | bigint) < minimum || (value as number | bigint) > maximum)
          fail(index, String(value), `goes from ${minimum} to ${maximum}`);
      }
    }
    return makeTensor(dtype, shape, values);
  }
  const made = makeTensor(dtype, shape, values);
  if (dtype !== 'float64') {
    for (const [index, value] of tensorValues(made).entries()) {
      if (Math.abs(Number(value)) === Infinity && Math.abs(Number(values[index])) !== Infinity)
        fail(index, String(values[index]), 'does not go that far');
    }
  }
  return made;
}

function toValue(
  dtype: DType,
  leaf: JsonLeaf,
  index: number,
  fail: (index: number, found: string, wanted: string) => never,
): number | bigint | boolean | string {
  if (dtype === 'string')
    return typeof leaf === 'string' ? leaf : fail(index, describe(leaf), 'holds text in quotes');
  if (dtype === 'bool') {
    if (leaf === true || leaf === 1) return true;
    if (leaf === false || leaf === 0) return false;
    return fail(index, describe(leaf), 'holds true, false, 1 or 0');
  }
  if (FLOATS.has(dtype)) {
    if (typeof leaf === 'number') return leaf;
    if (typeof leaf === 'string') return WORDS.get(leaf) ?? fail(index, describe(leaf), 'holds numbers');
    const value = typeof leaf === 'bigint' ? Number(leaf) : isRounded(leaf) ? leaf.value : null;
    if (value === null) return fail(index, describe(leaf), 'holds numbers');
    return Number.isFinite(value) ? value : fail(index, describe(leaf), 'does not go that far');
  }
  if (typeof leaf === 'bigint') return leaf;
  if (typeof leaf === 'number' && Number.isInteger(leaf)) return leaf;
  if (typeof leaf === 'string' && (dtype === 'int64' || dtype === 'uint64') && /^-?\d{1,20}$/u.test(leaf))
    return BigInt(leaf);
  return fail(index, describe(leaf), 'holds whole numbers');
}

function isRounded(leaf: JsonLeaf): leaf is Extract<JsonLeaf, { readonly literal: string }> {
  return typeof leaf === 'object' && leaf !== null;
}

function describe(leaf: JsonLeaf): string {
  if (typeof leaf === 'string')
    return `the text ${JSON.stringify(leaf.length > 40 ? `${leaf.slice(0, 40)}…` : leaf)}`;
  return isRounded(leaf) ? leaf.literal : String(leaf);
}

function rangeOf(dtype: DType): readonly [bigint, bigint] {
  const bits = BigInt(/\d+$/u.exec(dtype)![0]);
  return dtype.startsWith('u') ? [0n, 2n ** bits - 1n] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
}

function placeAt(index: number, shape: readonly number[]): string {
  if (shape.length === 0) return 'The value';
  const path: number[] = [];
  let rest = index;
  for (const size of shape.toReversed()) {
    path.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `\`${path.map((position) => `[${position}]`).join('')}\``;
}
