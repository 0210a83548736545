import type { Tensors, ValueInfo } from '@switchyard/core';

/** What is wrong with the outputs that a backend gave, or `null`. */
export function missingResult(
  outputs: readonly ValueInfo[],
  wanted: readonly number[] | null,
  results: Tensors,
): string | null {
  for (const [index, { name }] of outputs.entries()) {
    const asked = wanted === null || wanted.includes(index);
    if (asked && !Object.hasOwn(results, name)) return `It gave no result for the output \`${name}\`.`;
  }
  for (const name of Object.keys(results)) {
    if (!outputs.some((output) => output.name === name))
      return `It gave a result for \`${name}\`, which is no output.`;
  }
  return null;
}
