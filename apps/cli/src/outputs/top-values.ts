import { TensorError, tensorValues, type Tensor } from '@switchyard/core';

/** One class of a row, by its place in the row. */
export interface TopValue {
  readonly index: number;
  readonly value: number | bigint;
  /** `null` where no labels were given. */
  readonly label: string | null;
}

/** The best classes of one row. */
export interface TopRow {
  /** Position among the rows, outermost first; `[]` where the tensor is one row. */
  readonly row: readonly number[];
  /** Whether all values of the row lie from 0 to 1 and sum up to 1 within 0.001. */
  readonly probabilities: boolean;
  /** Highest first; of equal ones the lower index first. NaN is left out. */
  readonly best: readonly TopValue[];
}

/**
 * The highest values of every row along the last dimension. The values are the model's own: nothing is
 * normalised. Throws a `TensorError` (`input-shape`) where there are not as many labels as classes.
 *
 * @param top how many of each row
 * @param labels one per class, or `null`
 */
export function topValues(
  tensor: Tensor,
  name: string,
  top: number,
  labels: readonly string[] | null,
): readonly TopRow[] {
  const classes = tensor.shape.at(-1) ?? 1;
  if (labels !== null && labels.length !== classes) {
    throw new TensorError(
      'input-shape',
      `There are ${labels.length} labels, but the output \`${name}\` [${tensor.shape.join(', ')}] has ${classes} classes.`,
      { tensor: name, remedy: 'Use the list of labels that the model was trained with.' },
    );
  }
  const values = tensorValues(tensor) as (number | bigint)[];
  const outer = tensor.shape.slice(0, -1);
  const rows = classes === 0 ? 0 : values.length / classes;
  return Array.from({ length: rows }, (_, row) => {
    const scores = values.slice(row * classes, (row + 1) * classes);
    const best = scores
      .map((value, index) => ({ index, value, label: labels?.[index] ?? null }))
      .filter(({ value }) => !Number.isNaN(value))
      .toSorted((left, right) =>
        left.value === right.value ? left.index - right.index : left.value > right.value ? -1 : 1,
      )
      .slice(0, top);
    return { row: positionOf(row, outer), probabilities: areProbabilities(scores), best };
  });
}

/** Whether an output has classes to rank: numbers, and more than one in the last dimension. */
export function hasClasses(tensor: Tensor): boolean {
  return tensor.dtype !== 'string' && tensor.dtype !== 'bool' && (tensor.shape.at(-1) ?? 0) > 1;
}

function areProbabilities(scores: readonly (number | bigint)[]): boolean {
  let sum = 0;
  for (const score of scores) {
    if (typeof score === 'bigint' || !(score >= 0 && score <= 1)) return false;
    sum += score;
  }
  // Whole numbers that happen to sum up to 1 are a one-hot answer, which reads as well in percent.
  return Math.abs(sum - 1) <= 0.001;
}

function positionOf(row: number, outer: readonly number[]): readonly number[] {
  let rest = row;
  return outer
    .toReversed()
    .map((size) => {
      const position = rest % size;
      rest = Math.floor(rest / size);
      return position;
    })
    .toReversed();
}
