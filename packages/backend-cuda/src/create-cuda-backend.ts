import { cudaBackendOn, type CudaBackendOptions } from './cuda-backend-on.ts';
import { HERE } from './cuda-places.ts';
import type { BackendV1 } from '@switchyard/core';

/**
 * The backend for NVIDIA GPUs, over ONNX Runtime's CUDA execution provider. Making it loads nothing
 * and looks at nothing. Linux on x64 with glibc only: onnxruntime-node has no other build with CUDA.
 */
export function createCudaBackend(options: CudaBackendOptions = {}): BackendV1 {
  const origin = { module: import.meta.url, factory: 'createCudaBackend', arguments: [options] };
  return { ...cudaBackendOn(HERE, options), origin };
}
