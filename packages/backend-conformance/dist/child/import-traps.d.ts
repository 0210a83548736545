/** What an import did. Every list is empty for a backend that only defines things. */
export interface ImportRecord {
    /** Why it could not be imported or made, or `null`. */
    readonly problem: string | null;
    readonly done: Readonly<Record<string, readonly string[]>>;
    /** Milliseconds that importing the module and making the backend took. */
    readonly milliseconds: number;
}
/** Lays traps on everything that an import must not do, does the work, and says what was touched. */
export declare function trapped(work: () => Promise<void>): Promise<ImportRecord>;
//# sourceMappingURL=import-traps.d.ts.map