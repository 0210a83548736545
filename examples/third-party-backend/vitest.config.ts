import { project } from '@switchyard/tooling/vitest';
import { defineConfig } from 'vitest/config';

export default defineConfig(project('example-third-party-backend'));
