import type { ConformanceCase } from '../conformance-case.ts';
/** K11: what nobody asked for. */
export declare const SIDE_EFFECT_CASES: readonly ConformanceCase[];
//# sourceMappingURL=k11-side-effects.d.ts.map