import type { DType } from '@switchyard/core';
import type { Datatype } from '@switchyard/open-inference';

const DATATYPE_OF: Readonly<Record<DType, Datatype | null>> = {
  float32: 'FP32',
  float64: 'FP64',
  float16: 'FP16',
  bfloat16: 'BF16',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  uint8: 'UINT8',
  uint16: 'UINT16',
  uint32: 'UINT32',
  uint64: 'UINT64',
  // Packed two to a byte, for which the protocol has no datatype.
  int4: null,
  uint4: null,
  bool: 'BOOL',
  string: 'BYTES',
};

/** The protocol's name of an element type, `null` for one that it has none for. */
export function wireDatatype(dtype: DType): Datatype | null {
  return DATATYPE_OF[dtype];
}
