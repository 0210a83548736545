import { deepFreeze, type OptionSchemaV1 } from '@switchyard/core';
import { ORT_SESSION_OPTIONS } from '@switchyard/ort-host';

// `strictProvider` keeps nodes off the CPU, which would leave nothing here.
const { strictProvider: _strictProvider, ...shared } = ORT_SESSION_OPTIONS;

/** The session options of ONNX Runtime that have an effect on the CPU. */
export const CPU_OPTIONS: OptionSchemaV1 = deepFreeze({ ...shared });
