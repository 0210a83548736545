import { type OptionValuesV1 } from '@switchyard/core';
import type { CaseContext, ConformanceCase } from '../conformance-case.ts';
/** Opens with some option values in this process; what was wrong, or `null`. */
export declare function openWith({ backend, device }: Pick<CaseContext, 'backend' | 'device'>, options: OptionValuesV1): Promise<{
    readonly code: string | null;
    readonly message: string;
} | null>;
/** K9: options. */
export declare const OPTION_CASES: readonly ConformanceCase[];
//# sourceMappingURL=k9-options.d.ts.map