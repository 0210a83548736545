import { createCpuBackend } from '@switchyard/backend-cpu';
import { createWasmBackend } from '@switchyard/backend-wasm';
import { createRegistry, type Registry } from '@switchyard/core';

/** The one place that lists backends: those that this program was built with, and one that it knows of. */
export function compose(): Registry {
  const registry = createRegistry([createWasmBackend(), createCpuBackend()]);
  registry.add({
    state: 'not-installed',
    id: 'cuda',
    aliases: [],
    title: 'CUDA (NVIDIA GPUs)',
    package: '@switchyard/backend-cuda',
    optIn: false,
    deviceKinds: ['gpu'],
    install: 'Get the edition of this program for NVIDIA GPUs.',
  });
  return registry;
}
