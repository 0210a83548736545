import { type DType, type Tensor } from '@switchyard/core';
import type { GoldenModel } from './golden-model.ts';
/** A float32 tensor. */
export declare function floats(shape: readonly number[], values: Iterable<number>): Tensor;
/** `y = x`, of any element type. */
export declare function identity(dtype: DType): GoldenModel;
/** `difference = a - b`: a model in which the order of two inputs matters. */
export declare function difference(dtype: DType): GoldenModel;
/** `product = matmul(left, right)`, float32 matrices of any size. */
export declare const MATMUL: GoldenModel;
/** Softmax over the last dimension. */
export declare const SOFTMAX: GoldenModel;
/** A 3 by 3 convolution of one channel into two, with a bias, without padding. */
export declare const CONVOLUTION: GoldenModel;
/** Weights of {@link CONVOLUTION}. */
export declare const CONVOLUTION_KERNEL: readonly number[];
/** Two dense layers with a Relu between them; `x` is `[batch, 4]`, `y` is `[batch, 2]`. */
export declare const PERCEPTRON: GoldenModel;
/** A perceptron that is large enough to be timed: `x` is `[batch, 64]`. */
export declare const LARGE_PERCEPTRON: GoldenModel;
/** `If`: `relu(x) + 1` or `-x`. */
export declare const CHOICE: GoldenModel;
/** `Loop`: adds `step` to `start` `count` times. */
export declare const COUNTING: GoldenModel;
/** A model with an operator that no engine has. */
export declare const UNKNOWN_OPERATOR: GoldenModel;
/** `Add`, then `Unique`, an operator that engines of accelerators lack. */
export declare const MIXED: GoldenModel;
//# sourceMappingURL=models.d.ts.map