export {};
//# sourceMappingURL=child-entry.d.ts.map