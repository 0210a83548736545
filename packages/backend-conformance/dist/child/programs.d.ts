import type { ChildMode, ChildRequest } from './child-protocol.ts';
type Program = (request: ChildRequest, answer: (value: unknown) => void) => Promise<void>;
/** What a process does in each mode; it ends by itself afterwards, or does not, which is what is looked at. */
export declare const PROGRAMS: Readonly<Record<Exclude<ChildMode, 'cases' | 'import'>, Program>>;
export {};
//# sourceMappingURL=programs.d.ts.map