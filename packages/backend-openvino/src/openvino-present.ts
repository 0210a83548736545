import type { Core } from 'openvino-node';
import { engineError } from './openvino-error.ts';
import { isSameDevice, type OpenvinoTarget } from './openvino-target.ts';

/** Throws when the device is not among those that OpenVINO lists now. */
export function checkPresent(core: Core, target: OpenvinoTarget): void {
  const available = core.getAvailableDevices();
  if (available.some((name) => isSameDevice(target.name, name))) return;
  const listed = available.length === 0 ? 'no device' : available.map((name) => `\`${name}\``).join(', ');
  throw engineError(
    'hardware-absent',
    `OpenVINO device \`${target.name}\` was asked for, and OpenVINO lists ${listed}.`,
    available,
    'Choose a listed device, or see "Needs" in docs/backends/openvino.md for the driver.',
  );
}

/** What OpenVINO says about a device that fails while it is used: one sentence, or none where it is still listed. */
export function absenceText(core: Core, target: OpenvinoTarget): string {
  try {
    checkPresent(core, target);
    return '';
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return ` The device is gone: ${said}`;
  }
}
