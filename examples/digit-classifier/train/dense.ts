import type { Parameter } from './parameter.ts';

/** `output = input x weights + bias`, with weights `[inputs, outputs]` as ONNX's `Gemm` wants them. */
export function denseForward(
  weights: Parameter,
  bias: Parameter,
  input: Float64Array,
  output: Float64Array,
): void {
  const width = output.length;
  output.set(bias.values);
  for (const [row, value] of input.entries()) {
    if (value === 0) continue;
    const start = row * width;
    for (let column = 0; column < width; column += 1)
      output[column]! += value * weights.values[start + column]!;
  }
}

/** Adds to the parameters' gradients and fills `inputGradient`. */
export function denseBackward(
  weights: Parameter,
  bias: Parameter,
  input: Float64Array,
  inputGradient: Float64Array,
  outputGradient: Float64Array,
): void {
  const width = outputGradient.length;
  for (let column = 0; column < width; column += 1) bias.gradient[column]! += outputGradient[column]!;
  for (const [row, value] of input.entries()) {
    const start = row * width;
    let sum = 0;
    for (let column = 0; column < width; column += 1) {
      weights.gradient[start + column]! += value * outputGradient[column]!;
      sum += weights.values[start + column]! * outputGradient[column]!;
    }
    inputGradient[row] = sum;
  }
}

/** Turns scores into probabilities in place; they add up to 1. */
export function softmax(scores: Float64Array): void {
  const highest = Math.max(...scores);
  let sum = 0;
  for (const [place, score] of scores.entries()) {
    const weight = Math.exp(score - highest);
    scores[place] = weight;
    sum += weight;
  }
  for (let place = 0; place < scores.length; place += 1) scores[place]! /= sum;
}
