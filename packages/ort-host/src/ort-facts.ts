import type { DType } from '@switchyard/core';

/** Version of onnxruntime-node that this package owns. */
export const ORT_VERSION: string = '1.30.0';

/** Native library of which one process can hold one version. */
export const ORT_NATIVE_GROUP: { readonly name: 'onnxruntime'; readonly version: string } = Object.freeze({
  name: 'onnxruntime',
  version: ORT_VERSION,
});

/** Element types that the Node.js binding carries in both directions. */
export const ORT_DTYPES: readonly DType[] = Object.freeze([
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
