import type { ConformanceCase } from '../conformance-case.ts';
/** Every case of the kit, in the order in which they run. */
export declare const CONFORMANCE_CASES: readonly ConformanceCase[];
//# sourceMappingURL=cases.d.ts.map