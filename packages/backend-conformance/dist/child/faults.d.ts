import type { BackendOriginV1, BackendV1 } from '@switchyard/core';
/** What goes wrong in the process of a probe. */
export type Fault = 'abort' | 'segfault' | 'hang' | 'noise' | 'garbage' | 'memory';
/** Makes the backend of `origin` with a probe that misbehaves. Only for a process that may be lost. */
export declare function createFaultyBackend(origin: BackendOriginV1, fault: Fault): Promise<BackendV1>;
//# sourceMappingURL=faults.d.ts.map