import type { Datatype } from '../datatype.ts';
import type { WireTensor } from '../messages.ts';

/** Elements of a tensor in JavaScript: FP16 and BF16 as Float32Array, BOOL as booleans, BYTES as strings. */
export type TensorValues =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array
  | readonly boolean[]
  | readonly string[];

export function valuesOf(tensor: WireTensor): TensorValues {
  throw new Error(`not built yet: ${tensor.name}`);
}

export function tensorFrom(
  name: string,
  datatype: Datatype,
  shape: readonly number[],
  values: ArrayLike<number | bigint | boolean | string | Uint8Array>,
): WireTensor {
  throw new Error(`not built yet: ${name} ${datatype} ${shape.length} ${values.length}`);
}
