/** Version of this package; a test compares it with package.json. */
export declare const VERSION: string;
//# sourceMappingURL=version.d.ts.map