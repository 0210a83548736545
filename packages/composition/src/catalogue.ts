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
  /** Packages that the project has to install beside it, with their versions. */
  readonly beside: readonly string[];
  /** npm package of the engine that it runs on. */
  readonly engine: string;
  /** Machines that it is worth trying on. A hint for who has not installed it; the backend itself decides. */
  readonly hint: {
    /** `platform-arch` of Node. */
    readonly systems: readonly string[];
    /** Vendors of GPUs and NPUs as host facts name them; empty where any GPU will do. */
    readonly vendors: readonly string[];
  };
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
    beside: [],
    engine: 'onnxruntime-node',
    hint: { systems: ['linux-x64'], vendors: ['NVIDIA'] },
  },
  {
    id: 'mps-coreml',
    aliases: ['mps', 'coreml'],
    package: '@switchyard/backend-mps-coreml',
    title: 'CoreML (Apple silicon)',
    optIn: false,
    deviceKinds: ['gpu', 'npu', 'cpu'],
    factory: 'createMpsCoremlBackend',
    beside: [],
    engine: 'onnxruntime-node',
    hint: { systems: ['darwin-arm64'], vendors: ['Apple'] },
  },
  {
    id: 'openvino',
    aliases: [],
    package: '@switchyard/backend-openvino',
    title: 'OpenVINO (Intel GPUs, NPUs and CPUs)',
    optIn: true,
    deviceKinds: ['gpu', 'npu', 'cpu'],
    factory: 'createOpenvinoBackend',
    beside: ['openvino-node@2026.4.0'],
    engine: 'openvino-node',
    hint: { systems: ['linux-x64', 'linux-arm64', 'win32-x64'], vendors: ['Intel'] },
  },
  {
    id: 'webgpu',
    aliases: [],
    package: '@switchyard/backend-webgpu',
    title: 'WebGPU (GPUs through Vulkan, Metal or Direct3D)',
    optIn: true,
    deviceKinds: ['gpu'],
    factory: 'createWebgpuBackend',
    beside: [],
    engine: 'onnxruntime-node',
    hint: { systems: ['linux-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64'], vendors: [] },
  },
  {
    id: 'wasm',
    aliases: [],
    package: '@switchyard/backend-wasm',
    title: 'WebAssembly (any processor, no native build)',
    optIn: true,
    deviceKinds: ['cpu'],
    factory: 'createWasmBackend',
    beside: [],
    engine: 'onnxruntime-web',
    // It asks for no hardware; where `cpu` cannot run, the reasons of `cpu` name it.
    hint: { systems: [], vendors: [] },
  },
]);

/** Id of the backend that comes with the programs. */
export const BUILT_IN = 'cpu';
