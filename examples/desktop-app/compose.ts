import { createCpuBackend } from '@switchyard/backend-cpu';
import { createWebgpuBackend } from '@switchyard/backend-webgpu';
import { createRegistry, type Registry } from '@switchyard/core';

/** The two backends that this app ships. */
export function compose(): Registry {
  return createRegistry([createCpuBackend(), createWebgpuBackend()]);
}
