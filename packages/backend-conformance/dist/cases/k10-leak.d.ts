import type { ConformanceCase } from '../conformance-case.ts';
/** K10: what stays behind. */
export declare const LEAK_CASES: readonly ConformanceCase[];
//# sourceMappingURL=k10-leak.d.ts.map