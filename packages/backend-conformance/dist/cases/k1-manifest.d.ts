import type { ConformanceCase } from '../conformance-case.ts';
/** K1: what a backend says about itself, and what importing it does. */
export declare const MANIFEST_CASES: readonly ConformanceCase[];
//# sourceMappingURL=k1-manifest.d.ts.map