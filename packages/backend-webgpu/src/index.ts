export { createWebgpuBackend, type WebgpuBackendOptions } from './create-webgpu-backend.ts';
export { VERSION } from './version.ts';
export { webgpuPredicate } from './webgpu-predicate.ts';
