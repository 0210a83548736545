import { TensorError } from '../errors/tensor-error.ts';
import { bitsPerElement, type DType } from './dtype.ts';

/** Number of elements of a shape; 1 for a scalar. Refuses negative, fractional and absurdly large sizes. */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const dimension of shape) {
    if (!Number.isSafeInteger(dimension) || dimension < 0) {
      throw new TensorError(
        'input-shape',
        `A shape must be whole numbers of 0 or more, but it is [${shape.join(', ')}].`,
      );
    }
    count *= dimension;
  }
  if (!Number.isSafeInteger(count)) {
    throw new TensorError(
      'input-shape',
      `The shape [${shape.join(', ')}] has more elements than can be counted.`,
    );
  }
  return count;
}

/** Bytes that the elements of a shape take, rounded up to whole bytes for packed types. */
export function byteLength(dtype: Exclude<DType, 'string'>, shape: readonly number[]): number {
  return Math.ceil((elementCount(shape) * bitsPerElement(dtype)) / 8);
}
