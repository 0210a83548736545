import { EngineError, type DeviceV1 } from '@switchyard/core';
import { describe, expect, it } from 'vitest';
import { compareAdapter } from './read-adapter.ts';
import { isVulkanDriver, vulkanLibrary } from './vulkan-library.ts';

const gpu: DeviceV1 = { id: 'webgpu:0', name: 'Radeon RX 9070', kind: 'gpu', software: false };
const emulation: DeviceV1 = { id: 'webgpu:0', name: 'llvmpipe (Mesa lavapipe)', kind: 'cpu', software: true };
const either: DeviceV1 = { ...gpu, name: 'Radeon RX 9070 or llvmpipe', software: 'unknown' };
const lavapipe = '/usr/lib/libvulkan_lvp.so';
const radv = '/usr/lib/libvulkan_radeon.so';
const render = '/dev/dri/renderD128';

describe('compareAdapter', () => {
  it.each([
    ['the emulation that was selected', emulation, [lavapipe], [], emulation],
    ['an emulation where it was not known', either, [lavapipe], [], emulation],
    ['an emulation, because nothing drives a GPU', either, [radv, lavapipe], [], emulation],
    ['not told apart', either, [radv, lavapipe], [render], either],
    ['the GPU that was selected', gpu, [radv], [render], gpu],
    ['a GPU where it was not known', either, [radv], [render], { ...either, software: false }],
    ['nothing to read', gpu, [], [render], { ...gpu, software: 'unknown' }],
    [
      'a driver that nobody knows',
      gpu,
      ['/opt/libvulkan_acme.so'],
      [render],
      { ...gpu, software: 'unknown' },
    ],
  ] as const)('%s', (_, selected, drivers, deviceNodes, expected) => {
    expect(compareAdapter(selected, { drivers, deviceNodes })).toEqual(expected);
  });

  it('refuses an emulation in place of a GPU', () => {
    const refused = () => compareAdapter(gpu, { drivers: [lavapipe], deviceNodes: [] });
    expect(refused).toThrow(EngineError);
    expect(refused).toThrow(/selected as Radeon RX 9070, and the engine took llvmpipe.*an emulation/);
    expect(() => compareAdapter(gpu, { drivers: [radv, lavapipe], deviceNodes: [] })).toThrow(/llvmpipe/);
  });

  it('refuses a GPU in place of an emulation', () => {
    expect(() => compareAdapter(emulation, { drivers: [radv], deviceNodes: [render] })).toThrow(/took a GPU/);
  });
});

describe('what a driver is', () => {
  it.each([
    ['/opt/mesa/libvulkan_lvp.so', true],
    ['libvk_swiftshader.so', true],
    ['libGLX_nvidia.so.0', false],
    ['libvulkan_intel_hasvk.so', false],
    ['libvulkan_gfxstream.so', 'unknown'],
    ['libacme.so', 'unknown'],
  ])('%s', (file, software) => {
    expect(vulkanLibrary(file).software).toBe(software);
  });

  it('does not take the loader or a layer for one', () => {
    const files = [
      '/lib/libvulkan.so.1',
      'libVkLayer_MESA_device_select.so',
      'libonnxruntime.so.1',
      lavapipe,
    ];
    expect(files.filter((file) => isVulkanDriver(file))).toEqual([lavapipe]);
  });
});
