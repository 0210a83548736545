import type { DeviceKind } from '@switchyard/core';

/** Plugins of OpenVINO that this backend compiles for. */
export type OpenvinoFamily = 'CPU' | 'GPU' | 'NPU';

/** One device of OpenVINO as it is named to `compileModel`. */
export interface OpenvinoTarget {
  /** `GPU.1`, `CPU`, `NPU.3720`. */
  readonly name: string;
  /** The part that decides which plugin answers. */
  readonly family: OpenvinoFamily;
}

/**
 * Devices of OpenVINO that are never opened, because nobody could say afterwards where the model runs
 * ("Inference Devices and Modes" in docs.openvino.ai/2026).
 */
export const REFUSED_DEVICES: Readonly<Record<string, string>> = Object.freeze({
  AUTO: 'OpenVINO device `AUTO` is refused: it chooses a device itself, may begin on the CPU and change over later, and Switchyard opens exactly the device that was asked for or none.',
  MULTI:
    'OpenVINO device `MULTI` is refused: it spreads runs over several devices, and Switchyard opens exactly the device that was asked for or none.',
  HETERO:
    'OpenVINO device `HETERO` is refused: it moves what one device lacks to the next, and Switchyard opens exactly the device that was asked for or none.',
  BATCH:
    'OpenVINO device `BATCH` is refused: it holds a run back until others have come, and runs of one session are started one after the other here.',
});

const SINGLE = /^(CPU|GPU|NPU)((?:\.[0-9A-Za-z]+)*)$/;

/** Takes a device id (`openvino:GPU.1`) apart, or answers `null` when it is not one that can be opened. */
export function parseTarget(deviceId: string): OpenvinoTarget | null {
  if (!deviceId.startsWith('openvino:')) return null;
  const name = deviceId.slice('openvino:'.length);
  const family = SINGLE.exec(name)?.[1];
  return family === undefined ? null : { name, family: family as OpenvinoFamily };
}

/** The sentence that refuses a device id, or `null` for one that is not among the refused. */
export function refusedDevice(deviceId: string): string | null {
  const word = /^openvino:([A-Z]+)(?::|$)/.exec(deviceId)?.[1] ?? '';
  return Object.hasOwn(REFUSED_DEVICES, word) ? (REFUSED_DEVICES[word] ?? null) : null;
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
