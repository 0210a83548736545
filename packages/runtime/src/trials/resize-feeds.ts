import {
  elementCount,
  makeTensor,
  tensorValues,
  type Tensor,
  type Tensors,
  type ValueInfo,
} from '@switchyard/core';

export interface ResizeRequest {
  /** Sizes of the batch, in order of preference; the first one that changes anything is taken. */
  readonly other: readonly number[];
  /** (optional) As for `generateFeeds`. Default: false. */
  readonly unnamedAreBatch?: boolean;
}

/**
 * A caller's own inputs with another batch: every free outermost dimension, and every dimension with the same
 * name, gets the new size; the elements are the caller's own, turned a little from one repetition to the
 * next, so that they stay in the range that the model wants and no two items of the batch need be equal.
 *
 * @returns `null` where the model has no such dimension
 */
export function resizeFeeds(
  inputs: readonly ValueInfo[],
  feeds: Tensors,
  { other, unnamedAreBatch = false }: ResizeRequest,
): Tensors | null {
  const names = new Set<string>();
  for (const { shape } of inputs) if (typeof shape[0] === 'string') names.add(shape[0]);
  const isFree = ({ shape }: ValueInfo, axis: number): boolean => {
    const declared = shape[axis];
    if (typeof declared === 'string') return names.has(declared);
    return declared === null && (axis === 0 || (unnamedAreBatch && typeof shape[0] === 'number'));
  };
  for (const batch of other) {
    let changed = false;
    const entries = inputs.map((input) => {
      const tensor = feeds[input.name]!;
      const shape = tensor.shape.map((size, axis) => (isFree(input, axis) ? batch : size));
      const same = shape.every((size, axis) => size === tensor.shape[axis]);
      changed ||= !same;
      return [input.name, same ? tensor : repeat(tensor, shape)] as const;
    });
    if (changed) return Object.fromEntries(entries);
  }
  return null;
}

function repeat(tensor: Tensor, shape: readonly number[]): Tensor {
  const values = tensorValues(tensor);
  const count = elementCount(shape);
  if (values.length === 0 && count > 0) {
    const filler = tensor.dtype === 'string' ? '' : 0;
    return makeTensor(
      tensor.dtype,
      shape,
      Array.from({ length: count }, () => filler),
    );
  }
  const at = (index: number): number => (index + Math.floor(index / values.length)) % values.length;
  return makeTensor(
    tensor.dtype,
    shape,
    Array.from({ length: count }, (_, index) => values[at(index)]!),
  );
}
