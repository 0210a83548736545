import { describe, expect, it } from 'vitest';
import { machineTree, testProcess, type TreeEntries } from '../__fixtures__/machine-tree.ts';
import type { Fact, VulkanDriverFacts } from '../host-facts.ts';
import { MachineFiles } from '../machine-files.ts';
import { readLinuxVulkanDrivers } from './read-linux-vulkan-drivers.ts';

async function drivers(
  tree: TreeEntries,
  environment: Record<string, string> = {},
): Promise<Fact<readonly VulkanDriverFacts[]>> {
  await using machine = await machineTree(tree);
  const files = new MachineFiles(machine.root);
  return await readLinuxVulkanDrivers({ files, process: testProcess(), environment });
}

async function names(
  tree: TreeEntries,
  environment: Record<string, string> = {},
): Promise<readonly string[]> {
  const fact = await drivers(tree, environment);
  return fact.known ? fact.value.map(({ name }) => name) : [];
}

function manifest(library: string): string {
  return JSON.stringify({
    file_format_version: '1.0.1',
    ICD: { library_path: library, api_version: '1.3.0' },
  });
}

const EVERYWHERE: TreeEntries = Object.fromEntries(
  [
    '/usr/share',
    '/usr/local/share',
    '/home/me/.local/share',
    '/etc',
    '/etc/xdg',
    '/home/me/.config',
    '/data/share',
    '/data/config',
    '/xdg',
  ].map((root) => [
    `${root}/vulkan/icd.d/in${root.replaceAll('/', '-')}.json`,
    manifest('libvulkan_radeon.so'),
  ]),
);

describe('readLinuxVulkanDrivers', () => {
  it('looks into the standard places in the order of the loader', async () => {
    expect(await names(EVERYWHERE, { HOME: '/home/me' })).toEqual([
      'in-home-me-.config',
      'in-etc-xdg',
      'in-etc',
      'in-home-me-.local-share',
      'in-usr-local-share',
      'in-usr-share',
    ]);
  });

  it('follows the variables of the XDG base directories', async () => {
    const environment = {
      HOME: '/home/me',
      XDG_CONFIG_HOME: '/data/config',
      XDG_CONFIG_DIRS: '/xdg',
      XDG_DATA_HOME: '/data/share',
      XDG_DATA_DIRS: '/usr/share/:/usr/share',
    };
    expect(await names(EVERYWHERE, environment)).toEqual([
      'in-data-config',
      'in-xdg',
      'in-etc',
      'in-data-share',
      'in-usr-share',
    ]);
  });

  it('looks nowhere else when VK_DRIVER_FILES is set, which may name files and directories', async () => {
    const environment = {
      VK_DRIVER_FILES: '/etc/vulkan/icd.d/in-etc.json:/usr/share/vulkan/icd.d',
      VK_ICD_FILENAMES: '/xdg/vulkan/icd.d/in-xdg.json',
      VK_ADD_DRIVER_FILES: '/xdg/vulkan/icd.d/in-xdg.json',
    };
    expect(await names(EVERYWHERE, environment)).toEqual(['in-etc', 'in-usr-share']);
    expect(await drivers(EVERYWHERE, environment)).toMatchObject({ source: 'VK_DRIVER_FILES' });
  });

  it('honours the older VK_ICD_FILENAMES where VK_DRIVER_FILES is not set or empty', async () => {
    const environment = { VK_DRIVER_FILES: '', VK_ICD_FILENAMES: '/etc/vulkan/icd.d/in-etc.json' };
    expect(await names(EVERYWHERE, environment)).toEqual(['in-etc']);
  });

  it('puts VK_ADD_DRIVER_FILES before the standard places', async () => {
    const found = await names(EVERYWHERE, {
      VK_ADD_DRIVER_FILES: '/data/share/vulkan/icd.d/in-data-share.json',
    });
    expect(found).toEqual(['in-data-share', 'in-etc-xdg', 'in-etc', 'in-usr-local-share', 'in-usr-share']);
  });

  it.each([
    [{ VK_LOADER_DRIVERS_SELECT: '*nvidia*' }, ['nvidia_icd']],
    [{ VK_LOADER_DRIVERS_DISABLE: 'LVP*,nothing' }, ['intel_icd.x86_64', 'nvidia_icd']],
    [{ VK_LOADER_DRIVERS_DISABLE: '~all~' }, []],
    [{ VK_LOADER_DRIVERS_DISABLE: '*', VK_LOADER_DRIVERS_SELECT: '*_icd.json' }, ['nvidia_icd']],
    [{ VK_LOADER_DRIVERS_SELECT: 'nvidia_icd.json' }, ['nvidia_icd']],
  ])('leaves out what %j leaves out', async (environment, expected) => {
    const tree = {
      '/usr/share/vulkan/icd.d/intel_icd.x86_64.json': manifest('libvulkan_intel.so'),
      '/usr/share/vulkan/icd.d/lvp_icd.x86_64.json': manifest('libvulkan_lvp.so'),
      '/usr/share/vulkan/icd.d/nvidia_icd.json': manifest('libGLX_nvidia.so.0'),
    };
    expect(await names(tree, environment)).toEqual(expected);
  });

  it.each([
    ['libvulkan_lvp.so', true],
    ['/opt/chrome/libvk_swiftshader.so', true],
    ['libvulkan_radeon.so', false],
    ['/usr/lib/libvulkan_intel.so', false],
    ['libvulkan_intel_hasvk.so', false],
    ['libGLX_nvidia.so.0', false],
    ['libvulkan_nouveau.so', false],
    ['libvulkan_asahi.so', false],
    ['libvulkan_freedreno.so', false],
    ['libvulkan_panfrost.so', false],
    ['libvulkan_broadcom.so', false],
    ['libvulkan_powervr_mesa.so', false],
    ['libvulkan_dzn.so', 'unknown'],
    ['libvulkan_virtio.so', 'unknown'],
    ['libvulkan_gfxstream.so', 'unknown'],
    ['libsomething.so', 'unknown'],
  ])('takes %s for software: %s', async (library, software) => {
    expect(await drivers({ '/etc/vulkan/icd.d/any.json': manifest(library) })).toMatchObject({
      value: [{ name: 'any', library, software }],
    });
  });

  it('counts a relative library path from the manifest', async () => {
    const fact = await drivers({ '/etc/vulkan/icd.d/own.json': manifest('../lib/libown.so') });
    expect(fact).toMatchObject({ value: [{ library: '/etc/vulkan/lib/libown.so' }] });
  });

  it('leaves out malformed manifests, says so and keeps the others', async () => {
    const fact = await drivers({
      '/etc/vulkan/icd.d/a.json': '{ "ICD": ',
      '/etc/vulkan/icd.d/b.json': '{ "ICD": { "library_path": 7 } }',
      '/etc/vulkan/icd.d/c.json': '[]',
      '/etc/vulkan/icd.d/d.json': null,
      '/etc/vulkan/icd.d/e.json': manifest('libvulkan_lvp.so'),
      '/etc/vulkan/icd.d/readme.txt': 'no manifest',
    });
    expect(fact).toMatchObject({ known: true, value: [{ name: 'e' }] });
    const source = fact.known ? fact.source : '';
    expect(source).toContain('a.json is not JSON');
    expect(source).toContain('b.json names no `ICD.library_path`');
    expect(source).toContain('c.json names no `ICD.library_path`');
    expect(source).toContain('d.json cannot be read (EISDIR)');
  });

  it('says that a named manifest does not exist', async () => {
    const fact = await drivers({}, { VK_DRIVER_FILES: 'own.json' });
    expect(fact).toMatchObject({
      value: [],
      source: expect.stringContaining('/home/me/own.json does not exist'),
    });
  });
});
