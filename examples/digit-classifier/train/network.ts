import { convolutionStage } from './convolution.ts';
import { denseBackward, denseForward, softmax } from './dense.ts';
import { parameter, type Parameter } from './parameter.ts';
import { SIDE } from './picture.ts';
import type { Random } from './random.ts';

const CHANNELS = [8, 16, 32] as const;
const HIDDEN = 64;
const DIGITS = 10;
/** Side of the planes that each stage reads: 28, 14, 7; the last one pools to 3. */
const SIDES = [SIDE, SIDE / 2, SIDE / 4] as const;
const FLAT = CHANNELS[2] * 9;

/** The classifier: three stages of convolution, ReLU and pooling, then two dense layers and softmax. */
export interface Network {
  /** `conv1_weight`, `conv1_bias` ... `dense2_bias`, in the layout that ONNX's `Conv` and `Gemm` want. */
  readonly parameters: readonly Parameter[];
  /**
   * Probabilities of the ten digits.
   *
   * @param picture 28 x 28 values, 0 is black, 1 is white. The array that comes back is used again by the next call.
   */
  classify(picture: Float64Array): Float64Array;
  /** Adds the gradient of the cross-entropy of the picture that was classified last. */
  learn(digit: number): void;
}

/** A network with random weights. */
export function createNetwork(random: Random): Network {
  const weight = (name: string, shape: readonly number[], inputs: number): Parameter =>
    parameter(name, shape, Math.sqrt(2 / inputs), random);
  const bias = (name: string, count: number): Parameter => parameter(name, [count], 0, random);
  const conv1 = [weight('conv1_weight', [CHANNELS[0], 1, 3, 3], 9), bias('conv1_bias', CHANNELS[0])] as const;
  const conv2 = [
    weight('conv2_weight', [CHANNELS[1], CHANNELS[0], 3, 3], CHANNELS[0] * 9),
    bias('conv2_bias', CHANNELS[1]),
  ] as const;
  const conv3 = [
    weight('conv3_weight', [CHANNELS[2], CHANNELS[1], 3, 3], CHANNELS[1] * 9),
    bias('conv3_bias', CHANNELS[2]),
  ] as const;
  const dense1 = [weight('dense1_weight', [FLAT, HIDDEN], FLAT), bias('dense1_bias', HIDDEN)] as const;
  const dense2 = [weight('dense2_weight', [HIDDEN, DIGITS], HIDDEN), bias('dense2_bias', DIGITS)] as const;

  const [flat, flatGradient] = [new Float64Array(FLAT), new Float64Array(FLAT)];
  const [hidden, hiddenGradient] = [new Float64Array(HIDDEN), new Float64Array(HIDDEN)];
  const [scores, scoresGradient] = [new Float64Array(DIGITS), new Float64Array(DIGITS)];
  const stage3 = convolutionStage(...conv3, {
    inChannels: CHANNELS[1],
    outChannels: CHANNELS[2],
    side: SIDES[2],
    output: flat,
    outputGradient: flatGradient,
    border: 0,
    passesGradient: true,
  });
  const stage2 = convolutionStage(...conv2, {
    inChannels: CHANNELS[0],
    outChannels: CHANNELS[1],
    side: SIDES[1],
    output: stage3.input,
    outputGradient: stage3.inputGradient,
    border: 1,
    passesGradient: true,
  });
  const stage1 = convolutionStage(...conv1, {
    inChannels: 1,
    outChannels: CHANNELS[0],
    side: SIDES[0],
    output: stage2.input,
    outputGradient: stage2.inputGradient,
    border: 1,
    passesGradient: false,
  });

  return {
    parameters: [...conv1, ...conv2, ...conv3, ...dense1, ...dense2],
    classify: (picture) => {
      for (let line = 0; line < SIDE; line += 1) {
        const start = (line + 1) * (SIDE + 2) + 1;
        for (let column = 0; column < SIDE; column += 1)
          stage1.input[start + column] = 1 - picture[line * SIDE + column]!;
      }
      for (const stage of [stage1, stage2, stage3]) stage.forward();
      denseForward(...dense1, flat, hidden);
      for (const [place, value] of hidden.entries()) hidden[place] = Math.max(0, value);
      denseForward(...dense2, hidden, scores);
      softmax(scores);
      return scores;
    },
    learn: (digit) => {
      scoresGradient.set(scores);
      scoresGradient[digit]! -= 1;
      denseBackward(...dense2, hidden, hiddenGradient, scoresGradient);
      for (const [place, value] of hidden.entries()) if (value === 0) hiddenGradient[place] = 0;
      denseBackward(...dense1, flat, flatGradient, hiddenGradient);
      for (const stage of [stage3, stage2, stage1]) stage.backward();
    },
  };
}
