import { testBackendPage } from '@switchyard/tooling/backend-page';
import { createMpsCoremlBackend } from './create-mps-coreml-backend.ts';

testBackendPage(
  new URL('../../../docs/backends/mps-coreml.md', import.meta.url),
  createMpsCoremlBackend().manifest.options,
);
