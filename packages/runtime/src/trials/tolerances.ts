import type { DType } from '@switchyard/core';

/**
 * How far a result may be from the reference: `|result - reference|` at most
 * `relative * |reference| + peak * max|reference| + absolute`, element by element.
 */
export interface Tolerance {
  /** Share of the reference element itself. */
  readonly relative: number;
  /** Share of the largest finite reference element of the same output: errors of a sum grow with its terms. */
  readonly peak: number;
  /** For outputs that are zero throughout. */
  readonly absolute: number;
}

/** Tolerances by element type; types without one have to agree exactly. */
export type Tolerances = Readonly<Partial<Record<DType, Tolerance>>>;

/**
 * What passes as the same result. float32 leaves room for the ten-bit mantissa of TF32, which CUDA uses for
 * matrix products unless told otherwise (2^-11 is 0.0005 per factor), and not for whole models computed in
 * half precision. float64, float16 and bfloat16 leave a few units in the last place per layer. Integers,
 * booleans and strings have to agree exactly.
 */
export const TOLERANCES: Tolerances = Object.freeze({
  float64: { relative: 1e-7, peak: 1e-8, absolute: 1e-10 },
  float32: { relative: 2e-3, peak: 1e-3, absolute: 1e-6 },
  float16: { relative: 1e-2, peak: 5e-3, absolute: 1e-4 },
  bfloat16: { relative: 5e-2, peak: 2e-2, absolute: 1e-3 },
});
