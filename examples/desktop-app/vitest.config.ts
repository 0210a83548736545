import { softwareVulkanEnvironment } from '@switchyard/tooling/software-vulkan';
import { project } from '@switchyard/tooling/vitest';
import { defineConfig } from 'vitest/config';

// Where the software Vulkan of scripts/install-software-vulkan.sh is, webgpu really runs.
export default defineConfig(
  project('example-desktop-app', { env: softwareVulkanEnvironment(), testTimeout: 120_000 }),
);
