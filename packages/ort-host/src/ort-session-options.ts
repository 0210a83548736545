import type { OptionSchemaV1 } from '@switchyard/core';

/** Session options that every backend over ONNX Runtime shares. */
export const ORT_SESSION_OPTIONS: OptionSchemaV1 = {};
