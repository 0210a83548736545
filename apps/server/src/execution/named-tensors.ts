import type { Tensor } from '@switchyard/core';

/** Tensors by name, while they are put together. */
export type NamedTensors = Record<string, Tensor>;

/** Adds a tensor; a model may name a value in any way, `__proto__` included. */
export function putTensor(tensors: NamedTensors, name: string, tensor: Tensor): void {
  if (name === '__proto__') {
    Object.defineProperty(tensors, name, {
      value: tensor,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else tensors[name] = tensor;
}
