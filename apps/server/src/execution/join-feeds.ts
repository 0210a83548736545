import {
  putNamed,
  type NumericTensor,
  type StringTensor,
  type Tensor,
  type Tensors,
  type ValueInfo,
} from '@switchyard/core';
import type { ReusedMemory } from '../operation/reused-memory.ts';

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

/** The feeds of a batch, and the memory that was taken for them. */
export interface JoinedFeeds {
  readonly feeds: Tensors;
  readonly memory: readonly Buffer[];
}

/** Puts the rows of several requests behind each other: one tensor for each input, in memory of its own. */
export function joinFeeds(
  inputs: readonly ValueInfo[],
  requests: readonly Joined[],
  rows: number,
  source: Pick<ReusedMemory, 'take'>,
): JoinedFeeds {
  const joined: Record<string, Tensor> = {};
  const memory: Buffer[] = [];
  for (const { name } of inputs) {
    const first = requests[0]!.request.feeds[name]!;
    const shape = [rows, ...first.shape.slice(1)];
    if (first.dtype === 'string') {
      putNamed(joined, name, { dtype: 'string', shape, strings: joinStrings(name, requests) });
      continue;
    }
    let length = 0;
    for (const { request } of requests) length += (request.feeds[name] as NumericTensor).bytes.byteLength;
    const taken = source.take(length);
    memory.push(taken);
    let at = 0;
    for (const { request } of requests) {
      const part = (request.feeds[name] as NumericTensor).bytes;
      taken.set(part, at);
      at += part.byteLength;
    }
    putNamed(joined, name, { dtype: first.dtype, shape, bytes: new Uint8Array(taken.buffer, 0, length) });
  }
  return { feeds: joined, memory };
}

function joinStrings(name: string, requests: readonly Joined[]): string[] {
  const strings: string[] = [];
  for (const { request } of requests) {
    for (const text of (request.feeds[name] as StringTensor).strings) strings.push(text);
  }
  return strings;
}
