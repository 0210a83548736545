import { TensorError } from '@switchyard/core';
import type { JsonNode, RoundedNumber } from './json-reader.ts';

/** A value of a JSON list that is no list itself. */
export type JsonLeaf = number | bigint | string | boolean | null | RoundedNumber;

/** Nested lists laid flat, row-major. */
export interface FlatJson {
  readonly shape: readonly number[];
  readonly leaves: readonly JsonLeaf[];
}

/**
 * Lays nested lists flat; the nesting is the shape. Throws a `TensorError` (`input-shape`) for lists
 * of unequal length or depth, and (`input-value`) for an object inside, with the path of the first one.
 */
export function flattenJson(node: JsonNode, tensor: string, source: string): FlatJson {
  const shape: number[] = [];
  for (let level = node; Array.isArray(level); level = level[0] as JsonNode) {
    shape.push(level.length);
    if (level.length === 0) break;
  }
  const leaves: JsonLeaf[] = [];
  const path: number[] = [];
  const ragged = (found: string): TensorError =>
    new TensorError(
      'input-shape',
      `The lists in ${source} are ragged: ${placeOf(path)} is ${found}, but the first item at this depth ${
        path.length < shape.length ? `is a list of ${shape[path.length]}` : 'is no list'
      }.`,
      { tensor, remedy: 'Make all lists of one depth equally long.' },
    );
  const visit = (item: JsonNode): void => {
    if (item instanceof Map) {
      throw new TensorError(
        'input-value',
        `${placeOf(path)} in ${source} is an object, not a value or a list.`,
        {
          tensor,
        },
      );
    }
    if (!Array.isArray(item)) {
      if (path.length < shape.length) throw ragged('no list');
      leaves.push(item);
      return;
    }
    if (path.length >= shape.length || item.length !== shape[path.length])
      throw ragged(`a list of ${item.length}`);
    for (const [index, child] of item.entries()) {
      path.push(index);
      visit(child);
      path.pop();
    }
  };
  visit(node);
  return { shape, leaves };
}

/** `[0][3]`, or `the value` where there is no list. */
function placeOf(path: readonly number[]): string {
  return path.length === 0 ? 'the value' : `\`${path.map((index) => `[${index}]`).join('')}\``;
}
