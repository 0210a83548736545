import type { AcceleratorFacts, Fact, HostFacts, VulkanDriverFacts } from '@switchyard/core';
import { hostFactsOf } from '@switchyard/core/testing';

export const known = <T>(value: T): Fact<T> => ({ known: true, value, source: 'made for a test' });
export const notKnown = <T>(why: string): Fact<T> => ({ known: false, why });

/** A GPU on the bus by the PCI id of its vendor. */
export function gpu(vendorId: string, name: string, changes: Partial<AcceleratorFacts> = {}): AcceleratorFacts {
  const vendor = { '10de': 'NVIDIA', '8086': 'Intel', '1002': 'AMD' }[vendorId] ?? vendorId;
  const ids = { vendorId, deviceId: '0001', busId: '0000:01:00.0' };
  return { kind: 'gpu', vendor, ...ids, name, driver: 'driver', integrated: false, ...changes };
}

export const RADEON: VulkanDriverFacts = { name: 'radeon_icd', library: 'libvulkan_radeon.so', software: false };
export const INTEL: VulkanDriverFacts = { name: 'intel_icd', library: 'libvulkan_intel.so', software: false };
export const NVIDIA: VulkanDriverFacts = { name: 'nvidia_icd', library: 'libGLX_nvidia.so.0', software: false };
export const LAVAPIPE: VulkanDriverFacts = { name: 'lvp_icd', library: '/opt/libvulkan_lvp.so', software: true };
export const VIRTIO: VulkanDriverFacts = { name: 'virtio_icd', library: 'libvulkan_virtio.so', software: 'unknown' };
export const DZN: VulkanDriverFacts = { name: 'dzn_icd', library: 'libvulkan_dzn.so', software: 'unknown' };
export const OTHER: VulkanDriverFacts = { name: 'acme_icd', library: 'libacme.so', software: 'unknown' };

/** A Linux machine with these Vulkan drivers and GPUs, and the loader. */
export function linuxWith(
  drivers: readonly VulkanDriverFacts[],
  gpus: readonly AcceleratorFacts[] = [],
  changes: Partial<HostFacts> = {},
): HostFacts {
  return hostFactsOf({
    vulkanDrivers: known(drivers),
    accelerators: known(gpus),
    libraries: known([{ name: 'libvulkan.so.1', path: '/usr/lib/libvulkan.so.1' }]),
    ...changes,
  });
}
