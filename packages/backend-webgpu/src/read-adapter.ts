import { readdirSync, readlinkSync } from 'node:fs';
import { EngineError, makeReason, type DeviceV1 } from '@switchyard/core';
import { mappedFiles } from '@switchyard/ort-host';
import { isVulkanDriver, vulkanLibrary } from './vulkan-library.ts';
import { webgpuDevice } from './webgpu-device.ts';

/** What of this process tells which adapter the engine took. */
export interface AdapterTraces {
  /** Vulkan drivers that are mapped. */
  readonly drivers: readonly string[];
  /** Device nodes that are open: without one of them no GPU can be driven. */
  readonly deviceNodes: readonly string[];
}

/**
 * The device as the process shows it while a session is open. The engine tells nothing, but the Vulkan
 * loader has mapped the drivers, and a driver of a GPU holds its device node. Linux only; elsewhere
 * there is nothing to read, and the device that was selected stays.
 *
 * @throws EngineError `software-device` when a GPU was selected and an emulation was taken, and
 * `device-unknown` the other way round
 */
export function readAdapter(selected: DeviceV1): DeviceV1 {
  if (process.platform !== 'linux') return selected;
  return compareAdapter(selected, {
    drivers: mappedFiles().filter((file) => isVulkanDriver(file)),
    deviceNodes: openDeviceNodes(),
  });
}

/** Compares the selected device with what was found. Apart from `readAdapter`, so that every case can be tested. */
export function compareAdapter(selected: DeviceV1, traces: AdapterTraces): DeviceV1 {
  const software = softwareOf(traces);
  const emulations = traces.drivers
    .map((file) => vulkanLibrary(file))
    .filter((each) => each.software === true);
  if (software === true) {
    const name = emulations.map(({ title }) => title).join(' or ') || selected.name;
    if (selected.software === false)
      throw mismatch('software-device', selected, `${name}, an emulation on the CPU`, traces);
    return webgpuDevice(name, true);
  }
  if (software === false && selected.software === true) {
    throw mismatch('device-unknown', selected, 'a GPU', traces);
  }
  return webgpuDevice(selected.name, software, selected.integrated);
}

function softwareOf({ drivers, deviceNodes }: AdapterTraces): boolean | 'unknown' {
  const kinds = drivers.map((file) => vulkanLibrary(file).software);
  if (kinds.length === 0) return 'unknown';
  if (kinds.every((kind) => kind === true)) return true;
  // The loader maps the driver of every manifest, also those that find no device.
  if (kinds.includes(true) && deviceNodes.length === 0) return true;
  return kinds.every((kind) => kind === false) ? false : 'unknown';
}

function openDeviceNodes(): readonly string[] {
  const folder = '/proc/self/fd';
  const targets = readdirSync(folder).map((name) => targetOf(`${folder}/${name}`));
  return targets.filter((target) => /^\/dev\/(dri\/|nvidia|dxg|kfd)/.test(target));
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    // The descriptor of the listing itself is gone by now, and others may be.
    return '';
  }
}

function mismatch(
  code: 'software-device' | 'device-unknown',
  selected: DeviceV1,
  found: string,
  traces: AdapterTraces,
): EngineError {
  return new EngineError({
    backend: 'webgpu',
    reason: makeReason(
      code,
      `\`${selected.id}\` was selected as ${selected.name}, and the engine took ${found}.`,
      { 'process.report.sharedObjects': traces.drivers, '/proc/self/fd': traces.deviceNodes },
      'Set `VK_DRIVER_FILES` to the manifest of the one driver that is wanted, and start the process again.',
    ),
  });
}
