import type { ConformanceCase } from '../conformance-case.ts';
/** K5: from opening to the end. */
export declare const LIFE_CYCLE_CASES: readonly ConformanceCase[];
//# sourceMappingURL=k5-life-cycle.d.ts.map