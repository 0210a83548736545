import type { ConformanceCase } from '../conformance-case.ts';
/** K3: who may turn it on. */
export declare const OPT_IN_CASES: readonly ConformanceCase[];
//# sourceMappingURL=k3-opt-in.d.ts.map