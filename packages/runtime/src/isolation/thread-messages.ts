import {
  putNamed,
  type DType,
  type PlacementV1,
  type Tensor,
  type Tensors,
  type ValueInfo,
} from '@switchyard/core';
import type { OpenedSession, OpenOrder } from './isolated-host.ts';
import type { WireError } from './wire-error.ts';

/** A tensor by index, flat: what structured cloning copies fastest. */
type FlatTensor = number | DType | readonly number[] | Uint8Array | readonly string[];

export const THREAD_KINDS: Readonly<Record<'run' | 'placement' | 'cancel' | 'close', number>> = Object.freeze(
  { run: 0, placement: 1, cancel: 2, close: 3 },
);

/** To a thread: kind, id, wanted outputs, flat tensors. */
export type ThreadRequest = readonly [
  kind: number,
  id: number,
  wanted: readonly number[] | null,
  tensors: readonly FlatTensor[],
];

/** From a thread. */
export type ThreadAnswer =
  | readonly ['opened', OpenedSession]
  | readonly ['unopened', WireError]
  | readonly ['progress', string]
  | readonly ['result', number, readonly FlatTensor[]]
  | readonly ['failed', number, WireError]
  | readonly ['placed', number, PlacementV1]
  | readonly ['skipped', number]
  | readonly ['closed'];

export interface ThreadStart {
  readonly order: OpenOrder;
  readonly state: Int32Array;
}

/** Flattens tensors; the memory that may be moved is added to `moved`. With `copy`, the bytes are copied first. */
export function flatten(
  infos: readonly ValueInfo[],
  tensors: Tensors,
  copy: boolean,
  moved: ArrayBuffer[],
): FlatTensor[] {
  const flat: FlatTensor[] = [];
  for (let index = 0; index < infos.length; index += 1) {
    const { name } = infos[index]!;
    const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
    if (tensor === undefined) continue;
    if (tensor.dtype === 'string') {
      flat.push(index, tensor.dtype, tensor.shape, tensor.strings);
      continue;
    }
    const { bytes } = tensor;
    const movable = !copy && isWhole(bytes) && !moved.includes(bytes.buffer);
    const sent = movable ? bytes : new Uint8Array(bytes);
    moved.push(sent.buffer);
    flat.push(index, tensor.dtype, tensor.shape, sent);
  }
  return flat;
}

export function unflatten(infos: readonly ValueInfo[], flat: readonly FlatTensor[]): Tensors {
  const tensors: Record<string, Tensor> = {};
  for (let at = 0; at < flat.length; at += 4) {
    const { name } = infos[flat[at] as number]!;
    const dtype = flat[at + 1] as DType;
    const shape = flat[at + 2] as readonly number[];
    const data = flat[at + 3];
    const tensor =
      dtype === 'string'
        ? { dtype, shape, strings: data as readonly string[] }
        : { dtype, shape, bytes: data as Uint8Array };
    putNamed(tensors, name, tensor);
  }
  return tensors;
}

/** A view of a part cannot be moved without the rest, and memory that is shared or pooled cannot be moved at all. */
function isWhole(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  return (
    buffer instanceof ArrayBuffer &&
    bytes.byteOffset === 0 &&
    bytes.byteLength === buffer.byteLength &&
    !buffer.resizable
  );
}
