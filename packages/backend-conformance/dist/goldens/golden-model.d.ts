import type { DType, Tensors } from '@switchyard/core';
/** A model of the kit. It is written when it is needed, so that no file has to be read. */
export interface GoldenModel {
    /** Name for messages, unique within the kit. */
    readonly name: string;
    bytes(): Uint8Array;
}
/** Inputs of a model and the outputs that are stored for them. */
export interface Golden extends GoldenModel {
    /** The element type that it is about. */
    readonly dtype: DType;
    /** Whether a backend that declares the element type has to be able to run it. */
    readonly required: boolean;
    readonly runs: readonly {
        readonly feeds: Tensors;
        readonly expected: Tensors;
    }[];
}
//# sourceMappingURL=golden-model.d.ts.map