import type { ConformanceCase } from '../conformance-case.ts';
/** K13: being there more than once. */
export declare const TWICE_CASES: readonly ConformanceCase[];
//# sourceMappingURL=k13-twice.d.ts.map