import type { ConformanceCase } from '../conformance-case.ts';
/** K12: what may be remembered, and for how long. */
export declare const REMEMBERING_CASES: readonly ConformanceCase[];
//# sourceMappingURL=k12-remembering.d.ts.map