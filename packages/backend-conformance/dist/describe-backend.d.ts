import { type ConformanceOptions } from './create-conformance.ts';
/** What {@link describeBackend} is told. */
export interface DescribeBackendOptions extends ConformanceOptions {
    /** (optional) Milliseconds that one case may take. Default: 240,000. */
    readonly timeoutMs?: number;
}
/**
 * Declares a vitest suite with every case of the kit for one backend. Call it at the top level of a test file.
 * A case that needs a device which the machine lacks is skipped with the backend's own reason, once it was
 * shown that an exact request is refused with that reason.
 */
export declare function describeBackend(options: DescribeBackendOptions): void;
//# sourceMappingURL=describe-backend.d.ts.map