import { testBackendPage } from '@switchyard/tooling/backend-page';
import { createWasmBackend } from './create-wasm-backend.ts';

testBackendPage(
  new URL('../../../docs/backends/wasm.md', import.meta.url),
  createWasmBackend().manifest.options,
);
