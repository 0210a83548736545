import type { Random } from './random.ts';

/** One learned tensor, with the gradient of the loss and what Adam remembers. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
  /** Summed over the pictures since the last step. */
  readonly gradient: Float64Array;
  readonly mean: Float64Array;
  readonly square: Float64Array;
}

/** A parameter with bell-shaped values of the given deviation; 0 makes all of them 0. */
export function parameter(
  name: string,
  shape: readonly number[],
  deviation: number,
  random: Random,
): Parameter {
  const count = shape.reduce((product, size) => product * size, 1);
  return {
    name,
    shape,
    values: Float64Array.from({ length: count }, () => (deviation === 0 ? 0 : deviation * random.bell())),
    gradient: new Float64Array(count),
    mean: new Float64Array(count),
    square: new Float64Array(count),
  };
}

const MEAN_DECAY = 0.9;
const SQUARE_DECAY = 0.99;
/** Share of a weight that every step at full rate takes away. */
const WEIGHT_DECAY = 1e-2;

/**
 * One step of Adam (Kingma and Ba, 2015) with decoupled weight decay, on the mean gradient of `pictures` pictures.
 * Clears the gradient.
 *
 * @param step counts from 1
 */
export function updateParameter(item: Parameter, rate: number, step: number, pictures: number): void {
  const { values, gradient, mean, square } = item;
  const meanScale = 1 / (1 - MEAN_DECAY ** step);
  const squareScale = 1 / (1 - SQUARE_DECAY ** step);
  const keep = item.shape.length > 1 ? 1 - rate * WEIGHT_DECAY : 1;
  for (let place = 0; place < values.length; place += 1) {
    const slope = gradient[place]! / pictures;
    mean[place] = MEAN_DECAY * mean[place]! + (1 - MEAN_DECAY) * slope;
    square[place] = SQUARE_DECAY * square[place]! + (1 - SQUARE_DECAY) * slope * slope;
    const direction = (mean[place]! * meanScale) / (Math.sqrt(square[place]! * squareScale) + 1e-8);
    values[place] = values[place]! * keep - rate * direction;
  }
  gradient.fill(0);
}
