export { createCpuBackend } from './create-cpu-backend.ts';
export { VERSION } from './version.ts';
