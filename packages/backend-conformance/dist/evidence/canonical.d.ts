/** The hash of a document without its own `hash`: `sha256:` and 64 hexadecimal digits. */
export declare function hashOf(document: Readonly<Record<string, unknown>>): string;
//# sourceMappingURL=canonical.d.ts.map