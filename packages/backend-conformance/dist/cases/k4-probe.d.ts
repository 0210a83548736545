import { type ProbeRecord } from '@switchyard/runtime';
import type { Fault } from '../child/faults.ts';
import type { CaseContext, ConformanceCase } from '../conformance-case.ts';
/** Probes the backend with a fault in the process that tries it; once for every object and fault. */
export declare function probeWithFault(context: CaseContext, fault: Fault): Promise<ProbeRecord>;
/** K4: being tried in a process of its own. */
export declare const PROBE_CASES: readonly ConformanceCase[];
//# sourceMappingURL=k4-probe.d.ts.map