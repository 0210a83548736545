/** The backend is at fault: what was expected and what was found, in sentences. */
export declare class ConformanceFailure extends Error {
    readonly name: string;
}
/** Fails the case unless `holds`; `found` says what was expected and what was found, with a full stop. */
export declare function expectThat(holds: boolean, found: string | (() => string)): asserts holds;
/** A value in one line for a message. */
export declare function shown(value: unknown): string;
//# sourceMappingURL=conformance-failure.d.ts.map