import { type BackendOriginV1, type BackendSessionV1, type BackendV1 } from '@switchyard/core';
import type { CaseContext } from '../conformance-case.ts';
import type { GoldenModel } from '../goldens/golden-model.ts';
import type { ChildRequest } from './child-protocol.ts';
/** Makes the backend of an origin in this process. */
export declare function makeAgain(origin: BackendOriginV1): Promise<BackendV1>;
/** Opens a model of the kit. */
export declare function openModel({ backend, device }: Pick<CaseContext, 'backend' | 'device'>, model: GoldenModel, context?: Parameters<CaseContext['open']>[1]): Promise<BackendSessionV1>;
/** The device that the request names. */
export declare function deviceOf(request: ChildRequest): CaseContext['device'];
/** Opens, runs once and gives back what was computed, and the session, still open. */
export declare function openAndRun(subject: Pick<CaseContext, 'backend' | 'device'>): Promise<{
    readonly session: BackendSessionV1;
    readonly values: readonly unknown[];
}>;
//# sourceMappingURL=make-again.d.ts.map