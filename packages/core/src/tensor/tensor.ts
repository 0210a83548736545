import type { DType } from './dtype.ts';

/** A dense tensor of numbers or booleans: what it is, how it is laid out, and its bytes. */
export interface NumericTensor {
  readonly dtype: Exclude<DType, 'string'>;
  /** Sizes of the dimensions, outermost first; `[]` is a scalar, and a 0 makes the tensor empty. */
  readonly shape: readonly number[];
  /**
   * Elements in row-major order, little-endian, without padding: `elementCount(shape)` elements of
   * the dtype's width (int4 and uint4 rounded up to a whole byte). `bool` is one byte, 0 or 1.
   */
  readonly bytes: Uint8Array;
}

/** A dense tensor of strings. Strings have no fixed width, so they are not bytes here. */
export interface StringTensor {
  readonly dtype: 'string';
  /** Sizes of the dimensions, outermost first; `[]` is a scalar. */
  readonly shape: readonly number[];
  /** `elementCount(shape)` strings in row-major order. */
  readonly strings: readonly string[];
}

/** The one tensor type of Switchyard; backends translate it to what their engine wants. */
export type Tensor = NumericTensor | StringTensor;

/** Tensors by input or output name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** What a model says about one of its inputs or outputs. */
export interface ValueInfo {
  readonly name: string;
  readonly dtype: DType;
  /** A number is a fixed size, a string the name of a free dimension, `null` a free one without a name. */
  readonly shape: readonly (number | string | null)[];
}
