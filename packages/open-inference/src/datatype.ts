/**
 * Element types of the protocol. `BF16` is Triton's extension; the open-inference-protocol names it in
 * the comments of its proto file only.
 */
export type Datatype =
  | 'BOOL'
  | 'UINT8'
  | 'UINT16'
  | 'UINT32'
  | 'UINT64'
  | 'INT8'
  | 'INT16'
  | 'INT32'
  | 'INT64'
  | 'FP16'
  | 'BF16'
  | 'FP32'
  | 'FP64'
  | 'BYTES';

const BYTES_PER_ELEMENT: ReadonlyMap<string, number> = new Map([
  ['BOOL', 1],
  ['UINT8', 1],
  ['UINT16', 2],
  ['UINT32', 4],
  ['UINT64', 8],
  ['INT8', 1],
  ['INT16', 2],
  ['INT32', 4],
  ['INT64', 8],
  ['FP16', 2],
  ['BF16', 2],
  ['FP32', 4],
  ['FP64', 8],
]);

/** Every {@link Datatype}, in the order of the protocol's table. */
export const DATATYPES: readonly Datatype[] = Object.freeze([
  ...BYTES_PER_ELEMENT.keys(),
  'BYTES',
] as Datatype[]);

/** Whether a word is one of {@link DATATYPES}. */
export function isDatatype(word: string): word is Datatype {
  return word === 'BYTES' || BYTES_PER_ELEMENT.has(word);
}

/** Width of one element in bytes, or `null` for `BYTES`, whose elements have any length. */
export function bytesPerElement(datatype: Datatype): number | null {
  return BYTES_PER_ELEMENT.get(datatype) ?? null;
}
