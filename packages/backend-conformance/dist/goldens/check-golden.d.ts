import type { CaseContext, CaseFigures } from '../conformance-case.ts';
import type { Golden } from './golden-model.ts';
/**
 * Runs a golden model and compares every output with what is stored.
 *
 * @returns figures; `unsupported` where the backend says so of a model that it need not run
 */
export declare function checkGolden(context: CaseContext, golden: Golden): Promise<CaseFigures>;
//# sourceMappingURL=check-golden.d.ts.map