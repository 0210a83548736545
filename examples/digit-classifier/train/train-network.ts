import { randomPicture } from './augment.ts';
import type { GlyphSheet } from './glyph-sheet.ts';
import { createNetwork, type Network } from './network.ts';
import { updateParameter } from './parameter.ts';
import { seededRandom } from './random.ts';

/** How long and from which seed to train. */
export interface TrainingPlan {
  readonly seed: number;
  /** Gradient steps of {@link BATCH} pictures each. */
  readonly steps: number;
  /** (optional) Told the mean loss of the last hundred steps. Default: nobody is told. */
  readonly onProgress?: (step: number, loss: number) => void;
}

/** Pictures per gradient step. */
export const BATCH = 32;
const HIGHEST_RATE = 3e-3;
const WARM_UP_STEPS = 100;

/**
 * Trains on the families of the split `train` and on nothing else. Every picture is a new one: a family, one of its
 * faces and a digit by lot, distorted. The same plan gives the same weights to the last bit.
 */
export function trainNetwork(sheet: GlyphSheet, plan: TrainingPlan): Network {
  const random = seededRandom(plan.seed);
  const network = createNetwork(random);
  const families = sheet.families.filter((family) => family.font.split === 'train');
  let loss = 0;
  for (let step = 1; step <= plan.steps; step += 1) {
    for (let picture = 0; picture < BATCH; picture += 1) {
      const { faces } = families[random.below(families.length)]!;
      const { digit, ink } = faces[random.below(faces.length)]![random.below(10)]!;
      const probabilities = network.classify(randomPicture(sheet, ink, random));
      loss -= Math.log(Math.max(probabilities[digit]!, 1e-12)) / BATCH;
      network.learn(digit);
    }
    const rate = learningRate(step, plan.steps);
    for (const item of network.parameters) updateParameter(item, rate, step, BATCH);
    if (step % 100 === 0) {
      plan.onProgress?.(step, loss / 100);
      loss = 0;
    }
  }
  return network;
}

/** Rises over the first steps, then falls along a cosine to 0. */
function learningRate(step: number, steps: number): number {
  const fall = (1 + Math.cos((Math.PI * step) / steps)) / 2;
  return HIGHEST_RATE * Math.min(1, step / WARM_UP_STEPS) * fall;
}
