import type { NumericTensor } from '@switchyard/core';

export function float32(shape: readonly number[], values: readonly number[]): NumericTensor {
  return { dtype: 'float32', shape, bytes: new Uint8Array(Float32Array.from(values).buffer) };
}

export function int64(shape: readonly number[], values: readonly bigint[]): NumericTensor {
  return { dtype: 'int64', shape, bytes: new Uint8Array(BigInt64Array.from(values).buffer) };
}

/** The values of a float32 or int64 tensor. */
export function values(tensor: unknown): readonly (number | bigint)[] {
  const { dtype, bytes } = tensor as NumericTensor;
  const copy = Uint8Array.from(bytes).buffer;
  return dtype === 'int64' ? [...new BigInt64Array(copy)] : [...new Float32Array(copy)];
}
