export { createCudaBackend } from './create-cuda-backend.ts';
export type { CudaBackendOptions } from './cuda-backend-on.ts';
export { cudaPredicate } from './cuda-predicate.ts';
export { VERSION } from './version.ts';
