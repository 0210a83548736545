import { existsSync, readFileSync } from 'node:fs';

/**
 * Variables with which a process finds the software Vulkan that `scripts/install-software-vulkan.sh`
 * brought; none where it is not there, or where `VK_DRIVER_FILES` already names another driver, which is
 * how the same tests run on a real GPU. They have to be set when the process starts.
 */
export function softwareVulkanEnvironment(): Record<string, string> {
  const file = new URL('../.tools/vulkan/env.json', import.meta.url);
  if ((process.env['VK_DRIVER_FILES'] ?? '') !== '' || !existsSync(file)) return {};
  const variables = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  const before = process.env['LD_LIBRARY_PATH'] ?? '';
  const own = variables['LD_LIBRARY_PATH'] ?? '';
  return { ...variables, LD_LIBRARY_PATH: before === '' ? own : `${own}:${before}` };
}
