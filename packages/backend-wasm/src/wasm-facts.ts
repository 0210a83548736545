import type { DType } from '@switchyard/core';

/** Id of this backend, and of its one device. */
export const ID = 'wasm';

/** Version of onnxruntime-web that everything here was read from and tried with. */
export const ENGINE_VERSION = '1.30.0';

/** Execution provider as the engine itself names it in its profile. */
export const ENGINE_PROVIDER = 'CPUExecutionProvider';

/** Element types that were seen to come back bit by bit. */
export const WASM_DTYPES: readonly DType[] = Object.freeze([
  'float32',
  'float64',
  'float16',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
  'string',
]);
