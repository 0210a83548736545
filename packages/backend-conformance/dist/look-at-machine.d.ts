import { type BackendV1, type DeviceV1, type HostFacts, type Reason } from '@switchyard/core';
import { type ProbeRecord } from '@switchyard/runtime';
/** What a machine has of what a backend needs. */
export interface MachineState {
    /** The device that the cases use, or `null` with the reasons in `absent`. */
    readonly device: DeviceV1 | null;
    /** Every device that passed the probe. */
    readonly devices: readonly DeviceV1[];
    /** Why there is none, in the backend's own words; empty where there is one. */
    readonly absent: readonly Reason[];
    readonly probe: ProbeRecord | null;
    /**
     * What happens here in place of the cases that need the device: an exact request is refused with one of
     * the reasons. The sentence says so, or what is wrong with it.
     */
    readonly instead: {
        readonly holds: boolean;
        readonly text: string;
    };
}
/** Finds out what the backend can do here: its predicate, its files, its probe. */
export declare function lookAtMachine(backend: BackendV1, host: HostFacts, wanted: string | undefined): Promise<MachineState>;
//# sourceMappingURL=look-at-machine.d.ts.map