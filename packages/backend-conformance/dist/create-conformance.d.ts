import { type BackendV1, type HostFacts } from '@switchyard/core';
import type { CaseContext, CaseFigures, ConformanceCase, ConformanceSettings } from './conformance-case.ts';
import { type MachineState } from './look-at-machine.ts';
/** Cases that do not apply to a backend, why, and what it does in their place. */
export interface ConformanceSkip {
    /** Ids of cases, or of a whole group: `K7.4`, `K10`. */
    readonly cases: readonly string[];
    /** Why they do not apply, in a sentence. */
    readonly reason: string;
    /**
     * (optional) What happens in their place. Default: the machine lacks the device, and an exact request is
     * refused with the backend's own reason; where it is not, the case fails and asks for this member.
     */
    readonly instead?: {
        /** In a sentence. */
        readonly text: string;
        /** Shows that it does. @throws when it does not */
        check(context: Pick<CaseContext, 'backend' | 'host'>): Promise<void>;
    };
}
/** What the kit is to run on. */
export interface ConformanceOptions extends ConformanceSettings {
    /** Makes the backend. */
    readonly create: () => BackendV1;
    /** (optional) Facts about the machine. Default: the machine is read. */
    readonly host?: HostFacts;
    /** (optional) Cases that do not apply. Default: none. */
    readonly skip?: readonly ConformanceSkip[];
    /**
     * (optional) Fail the cases that need the device where the machine has none, in place of skipping them.
     * Default: false.
     */
    readonly requireDevice?: boolean;
}
/** How a case ended. */
export interface ConformanceResult {
    readonly id: string;
    readonly title: string;
    readonly status: 'passed' | 'failed' | 'skipped';
    /** What is wrong and what to change, or why it was skipped; `null` for `passed`. */
    readonly detail: string | null;
    /** What was shown to happen in its place, for `skipped`; `null` otherwise. */
    readonly instead: string | null;
    readonly figures: CaseFigures;
    readonly durationMs: number;
}
/** One backend under the kit. Cases are run one by one, in any order. */
export interface Conformance extends AsyncDisposable {
    readonly cases: readonly Pick<ConformanceCase, 'id' | 'title'>[];
    /** What the machine has; the backend is probed for it once. */
    machine(): Promise<MachineState>;
    /** Runs one case. The promise does not reject for anything that a backend does. */
    run(id: string): Promise<ConformanceResult>;
}
/** Puts a backend under the kit. Nothing is started before a case is run. */
export declare function createConformance(options: ConformanceOptions): Conformance;
//# sourceMappingURL=create-conformance.d.ts.map