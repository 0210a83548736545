/** Datatypes of integers of at most 32 bits. */
export type SmallInteger = 'UINT8' | 'UINT16' | 'UINT32' | 'INT8' | 'INT16' | 'INT32';
/** Datatypes of integers of 64 bits. */
export type LargeInteger = 'UINT64' | 'INT64';

/** Smallest and largest value of a datatype of integers. */
export function integerRange(datatype: SmallInteger | LargeInteger): readonly [bigint, bigint] {
  const bits = BigInt(datatype.slice(datatype.indexOf('T') + 1));
  return datatype.startsWith('U') ? [0n, 2n ** bits - 1n] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
}

/** An array of zeros for a datatype of integers. */
export function makeIntegers(
  datatype: SmallInteger,
  count: number,
): Uint8Array | Uint16Array | Uint32Array | Int8Array | Int16Array | Int32Array {
  switch (datatype) {
    case 'UINT8':
      return new Uint8Array(count);
    case 'UINT16':
      return new Uint16Array(count);
    case 'UINT32':
      return new Uint32Array(count);
    case 'INT8':
      return new Int8Array(count);
    case 'INT16':
      return new Int16Array(count);
    case 'INT32':
      return new Int32Array(count);
  }
}
