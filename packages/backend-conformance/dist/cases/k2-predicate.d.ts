import type { ConformanceCase } from '../conformance-case.ts';
/** K2: deciding from recorded facts alone. */
export declare const PREDICATE_CASES: readonly ConformanceCase[];
//# sourceMappingURL=k2-predicate.d.ts.map