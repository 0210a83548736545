import type { Tolerances } from '@switchyard/runtime';

/**
 * What passes as the answer of a case. The ONNX project compares with a relative 0.001 and an absolute 1e-7
 * (onnx/backend/test/runner); engines sum in another order, so that sums that cancel are allowed a share of the largest
 * element of the output as well, a hundredth of what trials of a model allow. Integers, booleans and strings have to
 * agree exactly.
 */
export const OPERATOR_TOLERANCES: Tolerances = Object.freeze({
  float64: { relative: 1e-6, peak: 1e-8, absolute: 1e-10 },
  float32: { relative: 1e-3, peak: 1e-5, absolute: 1e-6 },
  float16: { relative: 5e-3, peak: 1e-3, absolute: 1e-4 },
  bfloat16: { relative: 2e-2, peak: 1e-2, absolute: 1e-3 },
});
