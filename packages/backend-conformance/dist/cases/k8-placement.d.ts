import type { ConformanceCase } from '../conformance-case.ts';
/** K8: where it really runs. */
export declare const PLACEMENT_CASES: readonly ConformanceCase[];
//# sourceMappingURL=k8-placement.d.ts.map