import {
  describeValue,
  elementCount,
  makeTensor,
  TensorError,
  type Tensor,
  type ValueInfo,
} from '@switchyard/core';
import { checkShape, freeRemedy, resolveDims } from './fit-shape.ts';
import { parseShape } from './parse-shape.ts';

/** A tensor of only zeros or ones. All dimensions must be known. Throws a `TensorError`. */
export function fillTensor(
  value: 0 | 1,
  valueInfo: ValueInfo,
  dims: ReadonlyMap<string, number>,
  options: ReadonlyMap<string, string>,
): Tensor {
  const { name, dtype } = valueInfo;
  const word = value === 0 ? 'zeros' : 'ones';
  if (dtype === 'string') {
    throw new TensorError('input-dtype', `The input \`${name}\` is text, which \`${word}\` cannot fill.`, {
      tensor: name,
      remedy: 'Give JSON, like `["first", "second"]`.',
    });
  }
  const said = options.get('shape');
  const sizes = said === undefined ? resolveDims(valueInfo, dims) : parseShape(said);
  if (said !== undefined) checkShape(valueInfo, dims, sizes as number[], `\`${word}?shape=${said}\``);
  const free = sizes.flatMap((size, axis) => (size === null ? [axis] : []));
  if (free.length > 0) {
    throw new TensorError(
      'input-shape',
      `The input \`${name}\` wants ${describeValue(valueInfo)}, and \`${word}\` does not say how many.`,
      { tensor: name, remedy: freeRemedy(valueInfo, free) },
    );
  }
  const shape = sizes as readonly number[];
  return makeTensor(
    dtype,
    shape,
    Array.from({ length: elementCount(shape) }, () => value),
  );
}
