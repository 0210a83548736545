import { project } from '@switchyard/tooling/vitest';
import { defineConfig } from 'vitest/config';

export default defineConfig(project('example-library-composition', { testTimeout: 120_000 }));
