import { testBackendPage } from '@switchyard/tooling/backend-page';
import { createWebgpuBackend } from './create-webgpu-backend.ts';

testBackendPage(
  new URL('../../../docs/backends/webgpu.md', import.meta.url),
  createWebgpuBackend().manifest.options,
);
