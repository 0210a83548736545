import type { Tensors, ValueInfo } from '@switchyard/core';
import { UsageError } from '../usage-error.ts';

/** How many runs `--runs` asks for. */
export function parseRuns(text: string | undefined): number {
  if (text === undefined) return 30;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError(
    `\`--runs ${text}\` is not a whole number from 1 to 999999.`,
    'Write how many runs to measure, as in `--runs 50`.',
  );
}

/**
 * Sizes of the batch that are measured; `null` where the model or the inputs decide. A size that could not
 * reach the model is refused, because its figures would carry a wrong name.
 */
export function parseBatches(
  text: string | undefined,
  inputs: readonly ValueInfo[],
  dims: ReadonlyMap<string, number>,
  given: boolean,
): readonly (number | null)[] {
  const free = hasFreeBatch(inputs, dims);
  if (text === undefined) return [free && !given ? 1 : null];
  if (given) {
    throw new UsageError(
      '`--batch` is for inputs that are made up, and `--input` gives them.',
      'Leave one of them out.',
    );
  }
  const words = text.split(',').map((word) => word.trim());
  const wrong = words.find((word) => !/^[1-9]\d{0,5}$/.test(word));
  if (wrong !== undefined) {
    throw new UsageError(
      `\`--batch ${text}\` has the member \`${wrong}\`, which is not a whole number from 1 to 999999.`,
      'Write sizes with single commas, as in `--batch 1,8`.',
    );
  }
  if (!free) {
    const shapes = inputs.map(
      ({ name, shape }) => `\`${name}\` [${shape.map((size) => size ?? '?').join(', ')}]`,
    );
    throw new UsageError(
      `\`--batch ${text}\` cannot be followed: no input has a free outermost dimension: ${shapes.join(', ')}.`,
      'Leave it out, or export the model with a free batch dimension.',
    );
  }
  return [...new Set(words.map(Number))];
}

/** Items of one run, where the inputs show them: the outermost dimension that is free in the model. */
export function batchOf(feeds: Tensors | undefined, inputs: readonly ValueInfo[]): number | null {
  const input = inputs.find(({ shape }) => shape.length > 0 && typeof shape[0] !== 'number');
  return input === undefined ? null : (feeds?.[input.name]?.shape[0] ?? null);
}

function hasFreeBatch(inputs: readonly ValueInfo[], dims: ReadonlyMap<string, number>): boolean {
  return inputs.some(({ shape }) => {
    const [outermost] = shape;
    if (outermost === undefined || typeof outermost === 'number') return false;
    return outermost === null || !dims.has(outermost);
  });
}
