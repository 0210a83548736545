import { elementCount, tensorValues, type DType, type NumericTensor, type Tensor } from '@switchyard/core';
import type { Tolerance, Tolerances } from './tolerances.ts';

/** One output of a backend beside the same output of the reference. */
export interface OutputComparison {
  readonly output: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly agrees: boolean;
  /** What is wrong, in a sentence; `null` exactly when `agrees` is true. */
  readonly problem: string | null;
  /** Elements where the reference is finite: the ones that say something. Every element of an exact type. */
  readonly comparable: number;
  /** Elements that are further off than the tolerance allows, or not finite in another way. */
  readonly disagreeing: number;
  /** Largest `|result - reference|` over finite pairs; `null` for strings and where there is none. */
  readonly maxAbsoluteError: number | null;
  /** Largest `|result - reference| / |reference|` over finite pairs with a reference other than 0; `null` where there is none. */
  readonly maxRelativeError: number | null;
  /** Cosine of the angle between both as vectors of their finite pairs; `null` where either is zero or not a number. */
  readonly cosineSimilarity: number | null;
}

type Values = ArrayLike<number | bigint | boolean | string>;

/** Compares one output with the reference. What a backend returned has to be a tensor; nothing more is assumed. */
export function compareTensors(
  output: string,
  reference: Tensor,
  result: Tensor | undefined,
  tolerances: Tolerances,
): OutputComparison {
  const { dtype, shape } = reference;
  const problem = formProblem(output, reference, result);
  if (problem !== null || result === undefined) {
    return { ...nothing, output, dtype, shape, agrees: false, problem, disagreeing: elementCount(shape) };
  }
  const tolerance = tolerances[dtype];
  const comparison =
    tolerance === undefined
      ? compareExactly(valuesOf(reference), valuesOf(result))
      : compareFloats(
          valuesOf(reference) as ArrayLike<number>,
          valuesOf(result) as ArrayLike<number>,
          tolerance,
        );
  const { first, ...figures } = comparison;
  return {
    output,
    dtype,
    shape,
    agrees: first === null,
    problem: first === null ? null : describe(output, comparison, first, elementCount(shape)),
    ...figures,
  };
}

interface Difference {
  readonly index: number;
  readonly expected: string;
  readonly found: string;
}

type Figures = Pick<
  OutputComparison,
  'comparable' | 'disagreeing' | 'maxAbsoluteError' | 'maxRelativeError' | 'cosineSimilarity'
>;

const nothing: Figures = {
  comparable: 0,
  disagreeing: 0,
  maxAbsoluteError: null,
  maxRelativeError: null,
  cosineSimilarity: null,
};

function formProblem(output: string, reference: Tensor, result: Tensor | undefined): string | null {
  if (result === undefined) return `The output \`${output}\` is missing.`;
  const wanted = `${reference.dtype} [${reference.shape.join(', ')}]`;
  const given = `${result.dtype} [${result.shape.join(', ')}]`;
  if (wanted !== given) return `The output \`${output}\` is ${given}, the reference ${wanted}.`;
  const sizes = [reference, result].map((tensor) =>
    tensor.dtype === 'string' ? tensor.strings.length : tensor.bytes.byteLength,
  );
  if (sizes[0] === sizes[1]) return null;
  return `The output \`${output}\` says ${given}, but does not hold as many elements.`;
}

function compareFloats(
  reference: ArrayLike<number>,
  result: ArrayLike<number>,
  { relative, peak, absolute }: Tolerance,
): Figures & { readonly first: Difference | null } {
  let largest = 0;
  for (let index = 0; index < reference.length; index += 1) {
    const magnitude = Math.abs(reference[index]!);
    if (magnitude > largest && magnitude < Infinity) largest = magnitude;
  }
  const floor = peak * largest + absolute;
  let first: Difference | null = null;
  let [comparable, disagreeing, pairs] = [0, 0, 0];
  let [maxAbsoluteError, maxRelativeError] = [-1, -1];
  let [product, referenceSquares, resultSquares] = [0, 0, 0];
  for (let index = 0; index < reference.length; index += 1) {
    const expected = reference[index]!;
    const found = result[index]!;
    let agrees: boolean;
    if (Number.isFinite(expected)) comparable += 1;
    if (Number.isFinite(expected) && Number.isFinite(found)) {
      const error = Math.abs(found - expected);
      agrees = error <= relative * Math.abs(expected) + floor;
      pairs += 1;
      if (error > maxAbsoluteError) maxAbsoluteError = error;
      if (expected !== 0 && error / Math.abs(expected) > maxRelativeError) {
        maxRelativeError = error / Math.abs(expected);
      }
      // Scaled, so that the squares of large numbers stay finite.
      const scale = largest === 0 ? 1 : largest;
      product += (expected / scale) * (found / scale);
      referenceSquares += (expected / scale) ** 2;
      resultSquares += (found / scale) ** 2;
    } else {
      // NaN belongs where the reference has NaN, and an infinity where it has the same one.
      agrees = Object.is(expected, found);
    }
    if (agrees) continue;
    disagreeing += 1;
    first ??= { index, expected: String(expected), found: String(found) };
  }
  const cosine = product / Math.sqrt(referenceSquares * resultSquares);
  return {
    first,
    comparable,
    disagreeing,
    maxAbsoluteError: pairs === 0 ? null : maxAbsoluteError,
    maxRelativeError: maxRelativeError < 0 ? null : finiteOrNull(maxRelativeError),
    cosineSimilarity: finiteOrNull(cosine),
  };
}

function compareExactly(reference: Values, result: Values): Figures & { readonly first: Difference | null } {
  let first: Difference | null = null;
  let [disagreeing, maxAbsoluteError, maxRelativeError] = [0, 0, 0];
  const numeric = typeof reference[0] === 'number' || typeof reference[0] === 'bigint';
  for (let index = 0; index < reference.length; index += 1) {
    const expected = reference[index]!;
    const found = result[index]!;
    if (expected === found) continue;
    disagreeing += 1;
    first ??= { index, expected: String(expected), found: String(found) };
    if (!numeric) continue;
    const error = Math.abs(Number(found) - Number(expected));
    maxAbsoluteError = Math.max(maxAbsoluteError, error);
    if (Number(expected) !== 0)
      maxRelativeError = Math.max(maxRelativeError, error / Math.abs(Number(expected)));
  }
  return {
    first,
    comparable: reference.length,
    disagreeing,
    maxAbsoluteError: numeric ? maxAbsoluteError : null,
    maxRelativeError: numeric ? maxRelativeError : null,
    cosineSimilarity: null,
  };
}

function describe(output: string, figures: Figures, first: Difference, elements: number): string {
  const errors =
    figures.maxAbsoluteError === null
      ? ''
      : `; largest error ${brief(figures.maxAbsoluteError)} absolute${figures.maxRelativeError === null ? '' : `, ${brief(figures.maxRelativeError)} relative`}`;
  return `The output \`${output}\` differs in ${figures.disagreeing} of ${elements} elements, first in element ${first.index} with ${first.found} against ${first.expected}${errors}.`;
}

/** Three digits are enough to judge an error by. */
export function brief(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Elements in order, without a copy where the bytes allow it. */
function valuesOf(tensor: Tensor): Values {
  if (tensor.dtype === 'float32' && isAligned(tensor, 4)) {
    const { buffer, byteOffset } = tensor.bytes;
    return new Float32Array(buffer, byteOffset, elementCount(tensor.shape));
  }
  return tensorValues(tensor);
}

function isAligned(tensor: NumericTensor, bytes: number): boolean {
  return tensor.bytes.byteOffset % bytes === 0;
}
