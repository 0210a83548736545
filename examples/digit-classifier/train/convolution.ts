import type { Parameter } from './parameter.ts';

/**
 * A 3x3 convolution that keeps the size, then ReLU, then 2x2 max pooling. Planes that a convolution reads carry a
 * border of zeros one pixel wide. Only the pixel that won its pool passes a gradient back, so going back costs half
 * of going forward.
 */
export interface ConvolutionStage {
  /** Input, `inChannels` planes of `side + 2` squared, with the border. Filled by the caller or the stage before. */
  readonly input: Float64Array;
  /** Where the gradient of `input` is summed. */
  readonly inputGradient: Float64Array;
  /** Reads `input`, fills the output given at making. */
  forward(): void;
  /** Reads the output's gradient, adds to the parameters' gradients and, where wanted, fills `inputGradient`. */
  backward(): void;
}

/** Sizes of a stage and where its pooled planes go. */
export interface ConvolutionShape {
  readonly inChannels: number;
  readonly outChannels: number;
  /** Side of the planes without border. */
  readonly side: number;
  /** Pooled planes: their values and gradient, and the border that the next stage wants round them. */
  readonly output: Float64Array;
  readonly outputGradient: Float64Array;
  readonly border: 0 | 1;
  /** Whether anybody reads `inputGradient`. */
  readonly passesGradient: boolean;
}

/** Makes a stage over its parameters. */
export function convolutionStage(
  weights: Parameter,
  bias: Parameter,
  shape: ConvolutionShape,
): ConvolutionStage {
  const { inChannels, outChannels, side, output, outputGradient, border, passesGradient } = shape;
  const padded = side + 2;
  const pooled = Math.floor(side / 2);
  const pooledRow = pooled + 2 * border;
  const input = new Float64Array(inChannels * padded * padded);
  const inputGradient = new Float64Array(input.length);
  const summed = new Float64Array(side * side);
  const taps = new Float64Array(9);
  /** For every pooled pixel the place in a bordered input plane that won, or -1 where ReLU shut it. */
  const winners = new Int32Array(outChannels * pooled * pooled);

  function sumChannel(channel: number, plane: number): void {
    const at = (channel * inChannels + plane) * 9;
    const kernel = weights.values;
    const [w0, w1, w2] = [kernel[at]!, kernel[at + 1]!, kernel[at + 2]!];
    const [w3, w4, w5] = [kernel[at + 3]!, kernel[at + 4]!, kernel[at + 5]!];
    const [w6, w7, w8] = [kernel[at + 6]!, kernel[at + 7]!, kernel[at + 8]!];
    for (let line = 0; line < side; line += 1) {
      let upper = (plane * padded + line) * padded;
      let middle = upper + padded;
      let lower = middle + padded;
      for (let place = line * side; place < (line + 1) * side; place += 1) {
        summed[place]! +=
          w0 * input[upper]! +
          w1 * input[upper + 1]! +
          w2 * input[upper + 2]! +
          w3 * input[middle]! +
          w4 * input[middle + 1]! +
          w5 * input[middle + 2]! +
          w6 * input[lower]! +
          w7 * input[lower + 1]! +
          w8 * input[lower + 2]!;
        upper += 1;
        middle += 1;
        lower += 1;
      }
    }
  }

  function pool(channel: number): void {
    for (let line = 0; line < pooled; line += 1) {
      for (let column = 0; column < pooled; column += 1) {
        let best = 2 * line * side + 2 * column;
        for (const place of [best + 1, best + side, best + side + 1])
          if (summed[place]! > summed[best]!) best = place;
        const open = summed[best]! > 0;
        const place = (channel * pooledRow + line + border) * pooledRow + column + border;
        output[place] = open ? summed[best]! : 0;
        winners[(channel * pooled + line) * pooled + column] = open
          ? Math.floor(best / side) * padded + (best % side)
          : -1;
      }
    }
  }

  function backChannel(channel: number, plane: number): void {
    const start = (channel * inChannels + plane) * 9;
    const kernel = weights.values.subarray(start, start + 9);
    const slopes = taps.fill(0);
    const base = plane * padded * padded;
    for (let line = 0; line < pooled; line += 1) {
      for (let column = 0; column < pooled; column += 1) {
        const winner = winners[(channel * pooled + line) * pooled + column]!;
        if (winner < 0) continue;
        const gradient = outputGradient[(channel * pooledRow + line + border) * pooledRow + column + border]!;
        for (let row = 0; row < 3; row += 1) {
          const place = base + winner + row * padded;
          const tap = row * 3;
          slopes[tap]! += gradient * input[place]!;
          slopes[tap + 1]! += gradient * input[place + 1]!;
          slopes[tap + 2]! += gradient * input[place + 2]!;
          if (!passesGradient) continue;
          inputGradient[place]! += gradient * kernel[tap]!;
          inputGradient[place + 1]! += gradient * kernel[tap + 1]!;
          inputGradient[place + 2]! += gradient * kernel[tap + 2]!;
        }
      }
    }
    for (const [tap, slope] of slopes.entries()) weights.gradient[start + tap]! += slope;
  }

  return {
    input,
    inputGradient,
    forward: () => {
      for (let channel = 0; channel < outChannels; channel += 1) {
        summed.fill(bias.values[channel]!);
        for (let plane = 0; plane < inChannels; plane += 1) sumChannel(channel, plane);
        pool(channel);
      }
    },
    backward: () => {
      inputGradient.fill(0);
      for (let channel = 0; channel < outChannels; channel += 1) {
        for (let place = 0; place < pooled * pooled; place += 1) {
          if (winners[channel * pooled * pooled + place]! < 0) continue;
          const [line, column] = [Math.floor(place / pooled) + border, (place % pooled) + border];
          bias.gradient[channel]! += outputGradient[(channel * pooledRow + line) * pooledRow + column]!;
        }
        for (let plane = 0; plane < inChannels; plane += 1) backChannel(channel, plane);
      }
    },
  };
}
