import type { CaseContext, ConformanceCase } from '../conformance-case.ts';
import type { CaseAnswer, ChildRequest } from './child-protocol.ts';
/** The case of an id. */
export declare function caseOf(id: string): ConformanceCase;
/** Runs a case, and makes an answer of whatever it throws. */
export declare function settleCase(one: ConformanceCase, context: CaseContext): Promise<CaseAnswer>;
/** Runs a case in this process, with a backend that is made once. */
export declare function runSessionCase(request: ChildRequest, id: string): Promise<CaseAnswer>;
//# sourceMappingURL=run-session-case.d.ts.map