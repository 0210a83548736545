import type { DeviceKind } from '@switchyard/core';

/** A first-party backend that the programs know without its package being there. */
export interface CatalogueEntry {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly package: string;
  readonly title: string;
  readonly optIn: boolean;
  readonly deviceKinds: readonly DeviceKind[];
  /** Name of the export of the package that makes the backend. */
  readonly factory: string;
}

/** First-party backends other than `cpu`, which comes with the programs. A test compares them with the packages. */
export const CATALOGUE: readonly CatalogueEntry[] = Object.freeze([
  {
    id: 'cuda',
    aliases: [],
    package: '@switchyard/backend-cuda',
    title: 'CUDA (NVIDIA GPUs)',
    optIn: false,
    deviceKinds: ['gpu'],
    factory: 'createCudaBackend',
  },
  {
    id: 'mps-coreml',
    aliases: ['mps', 'coreml'],
    package: '@switchyard/backend-mps-coreml',
    title: 'CoreML (Apple silicon)',
    optIn: false,
    deviceKinds: ['gpu', 'npu', 'cpu'],
    factory: 'createMpsCoremlBackend',
  },
  {
    id: 'openvino',
    aliases: [],
    package: '@switchyard/backend-openvino',
    title: 'OpenVINO (Intel GPUs, NPUs and CPUs)',
    optIn: true,
    deviceKinds: ['gpu', 'npu', 'cpu'],
    factory: 'createOpenvinoBackend',
  },
  {
    id: 'webgpu',
    aliases: [],
    package: '@switchyard/backend-webgpu',
    title: 'WebGPU (GPUs through Vulkan, Metal or Direct3D)',
    optIn: true,
    deviceKinds: ['gpu'],
    factory: 'createWebgpuBackend',
  },
]);

/** Id of the backend that comes with the programs. */
export const BUILT_IN = 'cpu';
