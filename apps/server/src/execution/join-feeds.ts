import type { NumericTensor, StringTensor, Tensor, Tensors, ValueInfo } from '@switchyard/core';

interface Joined {
  readonly rows: number;
  readonly request: { readonly feeds: Tensors };
}

/** Whether the feeds of two requests can be rows of the same tensors: dtypes and sizes behind the first agree. */
export function feedsJoin(inputs: readonly ValueInfo[], one: Joined, other: Joined): boolean {
  for (const { name } of inputs) {
    const left = one.request.feeds[name];
    const right = other.request.feeds[name];
    if (left === undefined || right === undefined || left.dtype !== right.dtype) return false;
    const { length } = left.shape;
    if (length === 0 || right.shape.length !== length) return false;
    if (left.shape[0] !== one.rows || right.shape[0] !== other.rows) return false;
    for (let axis = 1; axis < length; axis += 1) if (left.shape[axis] !== right.shape[axis]) return false;
  }
  return true;
}

/** Puts the rows of several requests behind each other: one tensor for each input, in new memory. */
export function joinFeeds(inputs: readonly ValueInfo[], requests: readonly Joined[], rows: number): Tensors {
  const joined: [string, Tensor][] = [];
  for (const { name } of inputs) {
    const first = requests[0]!.request.feeds[name]!;
    const shape = [rows, ...first.shape.slice(1)];
    joined.push([
      name,
      first.dtype === 'string'
        ? { dtype: 'string', shape, strings: joinStrings(name, requests) }
        : { dtype: first.dtype, shape, bytes: joinBytes(name, requests) },
    ]);
  }
  return Object.fromEntries(joined);
}

function joinStrings(name: string, requests: readonly Joined[]): string[] {
  const strings: string[] = [];
  for (const { request } of requests) {
    for (const text of (request.feeds[name] as StringTensor).strings) strings.push(text);
  }
  return strings;
}

function joinBytes(name: string, requests: readonly Joined[]): Uint8Array {
  let length = 0;
  for (const { request } of requests) length += (request.feeds[name] as NumericTensor).bytes.byteLength;
  // Memory of its own, and every byte of it is written.
  const bytes = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  let at = 0;
  for (const { request } of requests) {
    const part = (request.feeds[name] as NumericTensor).bytes;
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
