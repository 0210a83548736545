import { project } from '@switchyard/tooling/vitest';
import { defineConfig } from 'vitest/config';

// A mutation runs the whole kit, most of it in processes of its own.
export default defineConfig(project('backend-conformance', { testTimeout: 300_000 }));
