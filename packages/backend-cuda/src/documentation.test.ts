import { testBackendPage } from '@switchyard/tooling/backend-page';
import { createCudaBackend } from './create-cuda-backend.ts';

testBackendPage(
  new URL('../../../docs/backends/cuda.md', import.meta.url),
  createCudaBackend().manifest.options,
);
