import { makeTensor, tensorValues, type Tensor, type Tensors } from '@switchyard/core';

/**
 * `y = Relu(x * w + b)`: x is float32 [2, 4], w [4, 2], b [2]. The shape is fixed, because some devices take no
 * other. A test builds it again and compares.
 */
export const TINY_MODEL: string =
  'CAkSCnN3aXRjaHlhcmQ6nwEKGAoBeAoBdwoBYhIBehoEZ2VtbSIER2VtbQoSCgF6EgF5GgRyZWx1IgRSZWx1EgVwcm9iZSorCAQIAhABQgF3SiAAAIA/AAAAPwAAAD8AAIC/AAAAPwAAAAAAAIA/AAAAvyoRCAIQAUIBYkoIAACAPwAAgD9aEwoBeBIOCgwIARIICgIIAgoCCARiEwoBeRIOCgwIARIICgIIAgoCCAJCBAoAEBE=';

/** Two rows of input. */
export const TINY_INPUT: readonly number[] = Object.freeze([1, 2, 3, 4, -1, 0.5, 0, 2]);

/** Worked out by hand; every number is exact in float32, float16 and bfloat16. */
export const TINY_OUTPUT: readonly number[] = Object.freeze([8.5, 0, 2.25, 0]);

/** Room for the order of the additions and for float16 arithmetic, in which accelerators may compute. */
const TINY_TOLERANCE = 1e-2;

export const TINY_NAME: string = 'the tiny model of the probe';

export function tinyModelBytes(): Uint8Array {
  return new Uint8Array(Buffer.from(TINY_MODEL, 'base64'));
}

export function tinyFeeds(): Tensors {
  return { x: makeTensor('float32', [2, 4], TINY_INPUT) };
}

/** What is wrong with the result of the tiny model, or `null`. */
export function tinyResultProblem(result: Tensor | undefined): string | null {
  if (result === undefined) return 'the output `y` is missing';
  if (result.dtype !== 'float32') return `the output is ${result.dtype} and not float32`;
  if (result.shape.join(',') !== '2,2')
    return `the output has the shape [${result.shape.join(', ')}] and not [2, 2]`;
  const found = tensorValues(result).map(Number);
  const agrees = TINY_OUTPUT.every((wanted, index) => Math.abs(wanted - found[index]!) <= TINY_TOLERANCE);
  return agrees ? null : `it gave [${found.join(', ')}] instead of [${TINY_OUTPUT.join(', ')}]`;
}
