import { elementCount, TensorError } from '@switchyard/core';

/**
 * The sizes in `1x3x224x224`; `scalar` is the shape without dimensions. Throws a `TensorError`
 * (`input-shape`) for anything else.
 *
 * @param text what was written; `,` is accepted in place of `x`
 */
export function parseShape(text: string): readonly number[] {
  if (text === 'scalar') return [];
  if (!/^\d+(?:[x,]\d+)*$/iu.test(text)) {
    throw new TensorError('input-shape', `\`${text}\` is not a shape.`, {
      remedy: 'Write sizes with `x` between them, like `1x3x224x224`, or `scalar`.',
    });
  }
  const shape = text.split(/[x,]/iu).map(Number);
  elementCount(shape);
  return shape;
}
