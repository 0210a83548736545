import type { NumericTensor, StringTensor, Tensor, Tensors, ValueInfo } from '@switchyard/core';

/** Whether the feeds of two requests can be rows of the same tensors: dtypes and sizes behind the first agree. */
export function feedsJoin(inputs: readonly ValueInfo[], one: Tensors, other: Tensors): boolean {
  for (const { name } of inputs) {
    const left = one[name];
    const right = other[name];
    if (left === undefined || right === undefined || left.dtype !== right.dtype) return false;
    const { length } = left.shape;
    if (length === 0 || right.shape.length !== length) return false;
    for (let axis = 1; axis < length; axis += 1) if (left.shape[axis] !== right.shape[axis]) return false;
  }
  return true;
}

/** Puts the rows of several requests behind each other: one tensor for each input, in new memory. */
export function joinFeeds(inputs: readonly ValueInfo[], feeds: readonly Tensors[], rows: number): Tensors {
  const joined: [string, Tensor][] = [];
  for (const { name } of inputs) {
    const first = feeds[0]![name]!;
    const shape = [rows, ...first.shape.slice(1)];
    joined.push([
      name,
      first.dtype === 'string'
        ? { dtype: 'string', shape, strings: joinStrings(name, feeds) }
        : { dtype: first.dtype, shape, bytes: joinBytes(name, feeds) },
    ]);
  }
  return Object.fromEntries(joined);
}

function joinStrings(name: string, feeds: readonly Tensors[]): string[] {
  const strings: string[] = [];
  for (const each of feeds) for (const text of (each[name] as StringTensor).strings) strings.push(text);
  return strings;
}

function joinBytes(name: string, feeds: readonly Tensors[]): Uint8Array {
  let length = 0;
  for (const each of feeds) length += (each[name] as NumericTensor).bytes.byteLength;
  // Memory of its own, and every byte of it is written.
  const bytes = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  let at = 0;
  for (const each of feeds) {
    const part = (each[name] as NumericTensor).bytes;
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
