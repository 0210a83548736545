import { softwareVulkanEnvironment } from '@switchyard/tooling/software-vulkan';
import { project } from '@switchyard/tooling/vitest';
import { defineConfig } from 'vitest/config';

// A mutation runs the whole kit, most of it in processes of its own; so does each backend.
export default defineConfig(
  project('backend-conformance', { env: softwareVulkanEnvironment(), testTimeout: 300_000 }),
);
