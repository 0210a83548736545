import { type ConformanceOptions, type ConformanceResult } from './create-conformance.ts';
import type { MachineState } from './look-at-machine.ts';
/** What every case of the kit showed of one backend on one machine. */
export interface ConformanceReport {
    readonly results: readonly ConformanceResult[];
    readonly machine: MachineState;
    readonly passed: number;
    readonly failed: number;
    readonly skipped: number;
}
/** Runs every case, one after the other. */
export declare function runConformance(options: ConformanceOptions & {
    /** (optional) Told of each case when it begins and when it has ended. Default: nobody is told. */
    readonly onCase?: (id: string, ended: ConformanceResult | null) => void;
}): Promise<ConformanceReport>;
//# sourceMappingURL=run-conformance.d.ts.map