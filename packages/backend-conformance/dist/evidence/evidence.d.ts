import type { DeviceV1, HostFacts, PlacementV1 } from '@switchyard/core';
import type { OutputComparison, SpeedFigures } from '@switchyard/runtime';
import type { ConformanceResult } from '../create-conformance.ts';
/** What one backend did on one machine, as JSON that can be given to anybody. */
export interface ConformanceEvidence {
    readonly schema: 1;
    /** This kit. */
    readonly kit: string;
    /** ISO 8601 in UTC. */
    readonly recordedAt: string;
    readonly backend: {
        readonly id: string;
        readonly package: {
            readonly name: string;
            readonly version: string;
        };
        /** Native library and its version, or `null` where the manifest names none. */
        readonly engine: {
            readonly name: string;
            readonly version: string;
        } | null;
    };
    /** Redacted. */
    readonly host: HostFacts;
    /** The device as its session reported it, or `null` where the machine has none. */
    readonly device: DeviceV1 | null;
    /**
     * `verified`: on a device, every case passed, none was skipped for want of it, and the outputs agree with
     * those of the CPU. It follows from the rest, and whoever reads the document works it out again.
     */
    readonly verdict: 'verified' | 'not-verified';
    readonly results: readonly Omit<ConformanceResult, 'durationMs'>[];
    /** Where the nodes of the model of the figures ran. */
    readonly placement: PlacementV1 | null;
    /** Its outputs beside those of the `cpu` backend, or `null` where they were not compared. */
    readonly parity: readonly OutputComparison[] | null;
    /** Times beside those of the `cpu` backend: medians, quartiles and their ratio. No verdict rests on them. */
    readonly speed: SpeedFigures | null;
    /** `sha256:` of everything else, as JSON with ordered keys. */
    readonly hash: string;
}
/** Everything of an evidence that is measured rather than worked out. */
export type EvidenceParts = Omit<ConformanceEvidence, 'schema' | 'kit' | 'verdict' | 'hash'>;
/** Puts an evidence together: the verdict and the hash follow from the parts. Redact the parts first. */
export declare function makeEvidence(parts: EvidenceParts): ConformanceEvidence;
/** What is wrong with a document that is offered as evidence, in a sentence, or `null`. */
export declare function evidenceProblem(document: unknown): string | null;
//# sourceMappingURL=evidence.d.ts.map