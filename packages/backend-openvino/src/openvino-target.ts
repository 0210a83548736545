import type { DeviceKind } from '@switchyard/core';

/** A device of OpenVINO as it is named to `compileModel`, taken apart. */
export interface OpenvinoTarget {
  /** `GPU.1`, `CPU`, `AUTO:GPU,CPU`. */
  readonly name: string;
  /** The part that decides which plugin answers. */
  readonly family: 'CPU' | 'GPU' | 'NPU' | 'AUTO' | 'MULTI' | 'HETERO';
  /** For AUTO, MULTI and HETERO the devices named after the colon, without excluded ones; else the device itself. */
  readonly members: readonly string[];
}

const SINGLE = /^(CPU|GPU|NPU)((?:\.[0-9A-Za-z]+)*)$/;
const SEVERAL = /^(AUTO|MULTI|HETERO)(?::(.+))?$/;

/** Takes a device id (`openvino:GPU.1`) apart, or answers `null` when it is not one of OpenVINO. */
export function parseTarget(deviceId: string): OpenvinoTarget | null {
  if (!deviceId.startsWith('openvino:')) return null;
  const name = deviceId.slice('openvino:'.length);
  const single = SINGLE.exec(name);
  if (single !== null) return { name, family: single[1] as OpenvinoTarget['family'], members: [name] };
  const several = SEVERAL.exec(name);
  if (several === null) return null;
  const words = (several[2] ?? '').split(',').map((word) => word.trim());
  const members = words.filter((word) => word !== '' && !word.startsWith('-'));
  if (members.some((word) => !SINGLE.test(word))) return null;
  return { name, family: several[1] as OpenvinoTarget['family'], members };
}

/** Kind of a single device by its OpenVINO name, or `null` for plugins this backend does not know. */
export function kindOf(name: string): DeviceKind | null {
  const family = SINGLE.exec(name)?.[1];
  if (family === 'GPU') return 'gpu';
  if (family === 'NPU') return 'npu';
  return family === 'CPU' ? 'cpu' : null;
}

/**
 * Whether a name that was asked for and a name that OpenVINO uses mean one device. `GPU` is an
 * alias of `GPU.0` (docs.openvino.ai/2026, "GPU Device", device naming convention), and a plain
 * `NPU` takes whichever NPU there is.
 */
export function isSameDevice(asked: string, actual: string): boolean {
  if (asked === actual) return true;
  if (asked === 'GPU') return actual === 'GPU.0';
  if (asked === 'GPU.0') return actual === 'GPU';
  return asked === 'NPU' && actual.startsWith('NPU.');
}
