import { softwareVulkanEnvironment } from '@switchyard/tooling/software-vulkan';
import { project } from '@switchyard/tooling/vitest';
import { defineConfig } from 'vitest/config';

// Software Vulkan compiles programs for seconds, and longer beside other tests.
export default defineConfig(
  project('backend-webgpu', { env: softwareVulkanEnvironment(), testTimeout: 120_000 }),
);
