import type { ConformanceCase } from '../conformance-case.ts';
/** K6: who waits while the engine works. */
export declare const LOOP_CASES: readonly ConformanceCase[];
//# sourceMappingURL=k6-loop-delay.d.ts.map