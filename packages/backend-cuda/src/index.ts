export { createCudaBackend, type CudaBackendOptions } from './create-cuda-backend.ts';
export { cudaPredicate } from './cuda-predicate.ts';
export { VERSION } from './version.ts';
