import { describeValue, elementCount, TensorError, type ValueInfo } from '@switchyard/core';

/** A shape that fits an input, and what had to be concluded for it. */
export interface FittedShape {
  readonly shape: readonly number[];
  /** One sentence part such as ``dimension `batch` taken as 4``, or `null` where nothing was concluded. */
  readonly note: string | null;
}

/** The declared shape with the sizes of `--dim` filled in; `null` is still free. */
export function resolveDims(
  valueInfo: ValueInfo,
  dims: ReadonlyMap<string, number>,
): readonly (number | null)[] {
  return valueInfo.shape.map((size) => (typeof size === 'string' ? (dims.get(size) ?? null) : size));
}

/**
 * Checks a shape that the data itself has against the declared one. Throws a `TensorError`, `input-rank`
 * for another number of dimensions and `input-shape` for a size that differs.
 */
export function checkShape(
  valueInfo: ValueInfo,
  dims: ReadonlyMap<string, number>,
  shape: readonly number[],
  source: string,
): void {
  const wanted = `The input \`${valueInfo.name}\` wants ${describeValue(valueInfo)}`;
  if (shape.length !== valueInfo.shape.length) {
    throw new TensorError('input-rank', `${wanted}, but ${source} has the shape [${shape.join(', ')}].`, {
      tensor: valueInfo.name,
      remedy: `Reshape the data to ${valueInfo.shape.length} dimensions${
        shape.length + 1 === valueInfo.shape.length ? '; often a first dimension of 1 is what is missing' : ''
      }.`,
    });
  }
  for (const [axis, size] of resolveDims(valueInfo, dims).entries()) {
    if (size === null || size === shape[axis]) continue;
    const declared = valueInfo.shape[axis];
    throw new TensorError(
      'input-shape',
      typeof declared === 'string'
        ? `\`--dim ${declared}=${size}\` was given, but dimension ${axis} of ${source} is ${shape[axis]}.`
        : `${wanted}, but dimension ${axis} of ${source}, which is [${shape.join(', ')}], is ${shape[axis]}.`,
      {
        tensor: valueInfo.name,
        remedy:
          typeof declared === 'string' ? 'Make them the same, or leave `--dim` out.' : 'Change the data.',
      },
    );
  }
}

/**
 * Lays a number of elements without a shape of their own into the declared shape, when all dimensions
 * are known or exactly one is left to conclude. Throws a `TensorError` (`input-shape`).
 */
export function fitCount(
  valueInfo: ValueInfo,
  dims: ReadonlyMap<string, number>,
  count: number,
  source: string,
): FittedShape {
  const sizes = resolveDims(valueInfo, dims);
  const known = elementCount(sizes.filter((size) => size !== null));
  const free = sizes.flatMap((size, axis) => (size === null ? [axis] : []));
  const wanted = `The input \`${valueInfo.name}\` wants ${describeValue(valueInfo)}`;
  if (free.length > 1) {
    throw new TensorError(
      'input-shape',
      `${wanted}, and ${source} has ${count} ${plural(count)} without a shape, so ${free.length} free dimensions cannot be told.`,
      { tensor: valueInfo.name, remedy: freeRemedy(valueInfo, free) },
    );
  }
  const axis = free[0];
  const fits = axis === undefined ? known === count : known > 0 && count % known === 0;
  if (!fits) {
    throw new TensorError(
      'input-shape',
      `${wanted}, which takes ${axis === undefined ? known : `a multiple of ${known}`} ${plural(known)}, but ${source} has ${count}.`,
      { tensor: valueInfo.name, remedy: 'Change the data, or the sizes given with `--dim`.' },
    );
  }
  if (axis === undefined) return { shape: sizes as number[], note: null };
  const size = count / known;
  return {
    shape: sizes.map((each) => each ?? size),
    note: `dimension ${nameOf(valueInfo, axis)} taken as ${size}`,
  };
}

/**
 * The shape for nested lists: their nesting where it has the declared number of dimensions; a flat list
 * or a single value is laid into the declared shape as {@link fitCount} does.
 */
export function fitNesting(
  valueInfo: ValueInfo,
  dims: ReadonlyMap<string, number>,
  nesting: readonly number[],
  source: string,
): FittedShape {
  if (nesting.length === valueInfo.shape.length || nesting.length > 1) {
    checkShape(valueInfo, dims, nesting, source);
    return { shape: nesting, note: null };
  }
  const fitted = fitCount(valueInfo, dims, nesting[0] ?? 1, source);
  const laid = `${nesting.length === 0 ? 'single value' : 'flat list'} laid into [${fitted.shape.join(', ')}]`;
  return { shape: fitted.shape, note: fitted.note === null ? laid : `${laid}, ${fitted.note}` };
}

/** What to type for free dimensions that have no size yet. */
export function freeRemedy(valueInfo: ValueInfo, free: readonly number[]): string {
  const names = free.flatMap((axis) => {
    const name = valueInfo.shape[axis];
    return typeof name === 'string' ? [`\`--dim ${name}=SIZE\``] : [];
  });
  const shape = 'write the whole shape with `?shape=`, like `?shape=1x3`, where the source takes that option';
  if (names.length === 0) return `${shape[0]!.toUpperCase()}${shape.slice(1)}.`;
  return `Give ${names.join(' and ')}, or ${shape}.`;
}

/** `` `batch` ``, or the position of a dimension without a name. */
function nameOf(valueInfo: ValueInfo, axis: number): string {
  const name = valueInfo.shape[axis];
  return typeof name === 'string' ? `\`${name}\`` : String(axis);
}

function plural(count: number): string {
  return count === 1 ? 'element' : 'elements';
}
