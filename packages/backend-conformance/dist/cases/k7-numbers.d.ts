import type { ConformanceCase } from '../conformance-case.ts';
/** K7: the numbers. Figures are the mean square of the errors over that of the reference, by model. */
export declare const NUMBER_CASES: readonly ConformanceCase[];
//# sourceMappingURL=k7-numbers.d.ts.map