import type { DType } from '@switchyard/core';
import type { DataType } from './model-config.ts';

const DTYPES: ReadonlyMap<DataType, DType> = new Map([
  ['TYPE_BOOL', 'bool'],
  ['TYPE_UINT8', 'uint8'],
  ['TYPE_UINT16', 'uint16'],
  ['TYPE_UINT32', 'uint32'],
  ['TYPE_UINT64', 'uint64'],
  ['TYPE_INT8', 'int8'],
  ['TYPE_INT16', 'int16'],
  ['TYPE_INT32', 'int32'],
  ['TYPE_INT64', 'int64'],
  ['TYPE_FP16', 'float16'],
  ['TYPE_FP32', 'float32'],
  ['TYPE_FP64', 'float64'],
  ['TYPE_STRING', 'string'],
  ['TYPE_BF16', 'bfloat16'],
]);

const DATA_TYPES: ReadonlyMap<string, DataType> = new Map([...DTYPES].map(([name, dtype]) => [dtype, name]));

/** The element type of the runtime, or `null` for `TYPE_INVALID`. */
export function dtypeOf(dataType: DataType): DType | null {
  return DTYPES.get(dataType) ?? null;
}

/** The name in a configuration, or `null` for an element type that the protocol does not carry. */
export function dataTypeOf(dtype: string): DataType | null {
  return DATA_TYPES.get(dtype) ?? null;
}
