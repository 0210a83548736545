import { project } from '@switchyard/tooling/vitest';
import { defineConfig } from 'vitest/config';

// Every file compiles 14 MB of WebAssembly anew.
export default defineConfig(project('backend-wasm', { testTimeout: 120_000 }));
