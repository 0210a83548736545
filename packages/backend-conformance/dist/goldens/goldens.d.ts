import { type DType } from '@switchyard/core';
import type { Golden } from './golden-model.ts';
/** A tensor of each element type goes through unchanged, bit by bit. */
export declare function identityGolden(dtype: DType): Golden;
/** Element types that `Sub` of opset 17 has. */
export declare const ARITHMETIC: readonly DType[];
/** Two inputs in the order of their names, not in that of the file; every dtype has the same small numbers. */
export declare function differenceGolden(dtype: DType): Golden;
/** Operators of every network, in float32. Stored values are those of the arithmetic in double precision. */
export declare const OPERATORS: readonly Golden[];
/** Three rows at once, each of them the one that it is alone. */
export declare const BATCH: Golden;
/** What is not a number, or has no end, stays what it is. */
export declare const NOT_FINITE: Golden;
/** One session, several sizes of the same dimension, and none. */
export declare const SIZES: Golden;
/** A dimension of size 0. */
export declare const EMPTY: Golden;
/** Both branches of an `If`, and a `Loop` that turns never and three times. */
export declare const CONTROL_FLOW: readonly Golden[];
//# sourceMappingURL=goldens.d.ts.map