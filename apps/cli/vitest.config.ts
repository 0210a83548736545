import { softwareVulkanEnvironment } from '@switchyard/tooling/software-vulkan';
import { project } from '@switchyard/tooling/vitest';
import { defineConfig } from 'vitest/config';

export default defineConfig(project('cli', { env: softwareVulkanEnvironment() }));
