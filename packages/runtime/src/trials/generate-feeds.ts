import {
  bitsPerElement,
  byteLength,
  describeValue,
  errorText,
  makeTensor,
  tensorFromBytes,
  type DType,
  type Tensor,
  type Tensors,
  type ValueInfo,
} from '@switchyard/core';
import { createRandom, type Random } from './random.ts';

/** What is known of the values that a model wants, beyond dtype and shape. Plain data, from whoever read the graph. */
export interface FeedHints {
  /** (optional) Smallest and largest value by input, both included: of indices into a table, for example. Default: by dtype. */
  readonly ranges?: Readonly<Record<string, { readonly minimum: number; readonly maximum: number }>>;
}

export interface GenerateFeedsRequest {
  readonly inputs: readonly ValueInfo[];
  /** (optional) What the graph says about values. Default: nothing is known. */
  readonly hints?: FeedHints;
  /** (optional) Size of free outermost dimensions, and of every dimension that has the same name as one. Default: 1. */
  readonly batch?: number;
  /** (optional) Size of free dimensions that nothing else decides. Default: 16, and 224 for the two sides of an image. */
  readonly freeSize?: number;
  /**
   * (optional) Whether free dimensions without a name count as the batch too in inputs whose outermost
   * dimension is fixed, as in the state `[2, ?, 128]` of a recurrent model. Default: false.
   */
  readonly unnamedAreBatch?: boolean;
  /** (optional) Sizes by dimension name, or by `input[axis]` for one without a name. Default: none. */
  readonly freeDimensions?: Readonly<Record<string, number>>;
  /** (optional) Start of the pseudo-random sequence; the same one gives the same feeds. Default: 1. */
  readonly seed?: number;
  /** (optional) Bytes that all feeds together may take. Default: 256 MiB. */
  readonly maximumBytes?: number;
}

/** Feeds that fit, or why none can be made. */
export type GeneratedFeeds =
  | { readonly ok: true; readonly feeds: Tensors }
  | { readonly ok: false; readonly why: string };

const MAXIMUM_BYTES = 256 * 1024 * 1024;
const IMAGE_SIDE = 224;
const FREE_SIZE = 16;

/**
 * Makes inputs for a model from what it declares: floats from -1 to 1, or from 0 to 1 where the input looks
 * like an image; 0 and 1 for integers, because they may be indices into tables of unknown size; 0 and 1 for
 * bool. The same request gives the same bytes on every machine.
 */
export function generateFeeds(request: GenerateFeedsRequest): GeneratedFeeds {
  const { inputs, seed = 1, maximumBytes = MAXIMUM_BYTES } = request;
  try {
    const sizes = chooseSizes(request);
    const shapes = inputs.map((input) => input.shape.map((_, axis) => sizes(input, axis)));
    const bytes = inputs.reduce((sum, input, index) => sum + bytesFor(input.dtype, shapes[index]!), 0);
    if (bytes > maximumBytes) {
      return {
        ok: false,
        why: `Inputs of ${bytes} bytes would be needed, more than the ${maximumBytes} that were allowed: ${inputs.map((input) => `\`${input.name}\` is ${describeValue(input)}`).join(', ')}.`,
      };
    }
    const feeds = inputs.map((input, index) => {
      // One sequence per input, so that adding an input changes nothing about the others.
      const random = createRandom(seed + index * 7919);
      return [input.name, fill(input, shapes[index]!, random, request.hints)] as const;
    });
    return { ok: true, feeds: Object.fromEntries(feeds) };
  } catch (error) {
    return { ok: false, why: `No inputs can be made: ${errorText(error)}` };
  }
}

/** Whether a model has dimensions that are free, and whether one of them counts as the batch. */
export function freeDimensionsOf(inputs: readonly ValueInfo[]): {
  readonly any: boolean;
  readonly batch: boolean;
} {
  return {
    any: inputs.some((input) => input.shape.some((size) => typeof size !== 'number')),
    batch: inputs.some((input) => input.shape.some((size, axis) => isBatch(size, axis))),
  };
}

function isBatch(size: ValueInfo['shape'][number], axis: number): boolean {
  if (typeof size === 'number') return false;
  return axis === 0 || (size !== null && /batch/i.test(size));
}

function chooseSizes(request: GenerateFeedsRequest): (input: ValueInfo, axis: number) => number {
  const { inputs, batch = 1, freeSize, freeDimensions = {}, unnamedAreBatch = false } = request;
  const named = new Map<string, number>();
  for (const input of inputs) {
    for (const [axis, size] of input.shape.entries()) {
      if (typeof size === 'string' && isBatch(size, axis)) named.set(size, batch);
    }
  }
  for (const input of inputs) {
    for (const [axis, size] of input.shape.entries()) {
      if (typeof size === 'string' && !named.has(size)) named.set(size, freeSize ?? usualSize(input, axis));
    }
  }
  for (const [name, size] of Object.entries(freeDimensions)) {
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new RangeError(`The dimension \`${name}\` cannot be ${size}; give a whole number of 0 or more.`);
    }
    named.set(name, size);
  }
  return (input, axis) => {
    const size = input.shape[axis]!;
    if (typeof size === 'number') return size;
    const own = named.get(size ?? `${input.name}[${axis}]`);
    if (own !== undefined) return own;
    const inner = unnamedAreBatch && typeof input.shape[0] === 'number';
    return axis === 0 || inner ? batch : (freeSize ?? usualSize(input, axis));
  };
}

function usualSize(input: ValueInfo, axis: number): number {
  return looksLikeImage(input) && axis >= 1 ? (isChannel(input, axis) ? 3 : IMAGE_SIDE) : FREE_SIZE;
}

function isChannelCount(size: ValueInfo['shape'][number] | undefined): boolean {
  return size === 1 || size === 3 || size === 4;
}

/** Four dimensions with one, three or four channels, where other layouts are at home too. */
function looksLikeImage({ dtype, shape }: ValueInfo): boolean {
  return (
    dtype.includes('float') && shape.length === 4 && (isChannelCount(shape[1]) || isChannelCount(shape[3]))
  );
}

function isChannel({ shape }: ValueInfo, axis: number): boolean {
  return axis === (typeof shape[1] === 'number' && shape[1] <= 4 ? 1 : 3);
}

function bytesFor(dtype: DType, shape: readonly number[]): number {
  // A short word for each string.
  return dtype === 'string' ? byteLength('uint64', shape) : byteLength(dtype, shape);
}

function fill(
  input: ValueInfo,
  shape: readonly number[],
  random: Random,
  hints: FeedHints | undefined,
): Tensor {
  const { name, dtype } = input;
  const count = shape.reduce((product, size) => product * size, 1);
  const { ranges = {} } = hints ?? {};
  const given = Object.hasOwn(ranges, name) ? ranges[name] : undefined;
  if (given !== undefined && !(given.minimum <= given.maximum)) {
    throw new RangeError(`The range of \`${name}\` goes from ${given.minimum} to ${given.maximum}.`);
  }
  if (dtype === 'string') {
    return { dtype, shape, strings: Array.from({ length: count }, () => `word${random.below(8)}`) };
  }
  if (dtype.includes('float')) {
    const { minimum, maximum } = given ?? { minimum: looksLikeImage(input) ? 0 : -1, maximum: 1 };
    const next = (): number => minimum + random.unit() * (maximum - minimum);
    if (dtype === 'float32') {
      const values = Float32Array.from({ length: count }, next);
      return tensorFromBytes(dtype, shape, new Uint8Array(values.buffer));
    }
    return makeTensor(dtype, shape, Array.from({ length: count }, next));
  }
  const { minimum, maximum } = given === undefined || dtype === 'bool' ? { minimum: 0, maximum: 1 } : given;
  const [lowest, highest] = [
    Math.max(Math.ceil(minimum), lowestOf(dtype)),
    Math.min(Math.floor(maximum), highestOf(dtype)),
  ];
  if (lowest > highest) {
    throw new RangeError(`No ${dtype} lies between ${minimum} and ${maximum}, the range of \`${name}\`.`);
  }
  return makeTensor(
    dtype,
    shape,
    Array.from({ length: count }, () => lowest + random.below(highest - lowest + 1)),
  );
}

function lowestOf(dtype: Exclude<DType, 'string'>): number {
  if (dtype.startsWith('u') || dtype === 'bool') return 0;
  return dtype === 'int64' ? Number.MIN_SAFE_INTEGER : -(2 ** (bitsPerElement(dtype) - 1));
}

function highestOf(dtype: Exclude<DType, 'string'>): number {
  if (dtype === 'bool') return 1;
  if (dtype === 'int64' || dtype === 'uint64') return Number.MAX_SAFE_INTEGER;
  return 2 ** (bitsPerElement(dtype) - (dtype.startsWith('u') ? 0 : 1)) - 1;
}
