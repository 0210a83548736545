import { TensorError } from '@switchyard/core';

/** One `--dim`: the size of a free dimension, by the name that the model gives it. */
export interface DimArgument {
  readonly name: string;
  readonly size: number;
}

/**
 * Understands the text of one `--dim`, like `batch=4`. The last `=` splits, because exporters write
 * names such as `floor(x/2)=y`. Throws a `TensorError` (`input-shape`).
 */
export function parseDimArgument(text: string): DimArgument {
  const equals = text.lastIndexOf('=');
  const name = text.slice(0, Math.max(equals, 0)).trim();
  const written = text.slice(equals + 1).trim();
  const size = Number(written);
  if (name === '' || !/^\d+$/u.test(written) || !Number.isSafeInteger(size)) {
    throw new TensorError('input-shape', `\`${text}\` gives no size to a dimension.`, {
      remedy: 'Write the name of the dimension and a whole number, like `batch=4`.',
    });
  }
  return { name, size };
}
