import type { DeviceV1 } from '../backend/v1/device-v1.ts';
import type { BackendManifestV1 } from '../backend/v1/manifest-v1.ts';
import type { Reason } from '../backend/v1/reason-v1.ts';

type EngineDevices = Pick<BackendManifestV1, 'virtualDevices' | 'refusedDevices'>;

/** Devices that may be used, or why none may. */
export type DeviceChoice =
  | { readonly ok: true; readonly devices: readonly DeviceV1[] }
  | { readonly ok: false; readonly reason: Reason };

/**
 * Devices that may be used. Without being named, an emulation is never taken, nor a GPU or NPU that
 * does not say whether it is one.
 *
 * @param wanted device as it was typed, with or without the backend in front; `null` for any
 * @param named whether a person asked for exactly this backend
 * @param engine first words of devices that the engine composes of others, and of those that are never opened
 */
export function chooseDevices(
  backend: string,
  devices: readonly DeviceV1[],
  wanted: string | null,
  named: boolean,
  engine: EngineDevices = {},
): DeviceChoice {
  if (wanted !== null) return namedDevice(backend, devices, wanted, engine);
  if (named) return { ok: true, devices: hardwareFirst(devices) };
  const hardware = devices.filter((device) => isHardware(device));
  if (hardware.length > 0) return { ok: true, devices: hardware };
  const software = devices.some((device) => device.software === true);
  const names = devices.map((device) => device.name).join(', ');
  return {
    ok: false,
    reason: {
      code: software ? 'software-device' : 'device-unknown',
      message: software
        ? `\`${backend}\` would run on ${names}, which is an emulation on the CPU and never chosen unasked.`
        : `\`${backend}\` would run on ${names}, but whether that is real hardware is not known.`,
      evidence: devices.map((device) => ({
        path: device.id,
        value: { name: device.name, software: device.software },
      })),
      remedy: `To run there all the same: --backend ${backend}`,
    },
  };
}

function namedDevice(
  backend: string,
  devices: readonly DeviceV1[],
  wanted: string,
  { virtualDevices = [], refusedDevices = {} }: EngineDevices,
): DeviceChoice {
  const device = findDevice(devices, wanted);
  if (device !== null) return { ok: true, devices: [device] };
  const name = suffix(wanted);
  const word = name.split(':', 1)[0]!;
  if (virtualDevices.includes(word)) {
    const composed = {
      id: `${backend}:${name}`,
      name: `${name} (composed by the engine)`,
      software: false,
    } as const;
    return { ok: true, devices: [{ ...composed, kind: devices[0]?.kind ?? 'cpu' }] };
  }
  const ids = devices.map(({ id }) => `\`${id}\``).join(', ');
  return {
    ok: false,
    reason: {
      code: 'device-unknown',
      message:
        Object.hasOwn(refusedDevices, word) && refusedDevices[word] !== undefined
          ? refusedDevices[word]
          : `\`${backend}\` has no device \`${wanted}\` on this machine; it has ${ids}.`,
      evidence: devices.map(({ id, name }) => ({ path: id, value: name })),
      remedy: `Name one of them, as in --device ${devices[0]?.id ?? backend}`,
    },
  };
}

/**
 * The device that a person means: by its full id, by what stands after the colon, because the words
 * before it only name the backend, or by one of its other names, in which case does not matter.
 * `null` when there is none.
 */
export function findDevice(devices: readonly DeviceV1[], wanted: string): DeviceV1 | null {
  const byId = devices.find(({ id }) => id === wanted || suffix(id) === suffix(wanted));
  const other = suffix(wanted).toLowerCase();
  return byId ?? devices.find(({ aliases }) => aliases?.some((one) => one.toLowerCase() === other)) ?? null;
}

/** `mps:all` and `coreml:all` mean the same device: what stands before the colon only names the backend. */
function suffix(wanted: string): string {
  return wanted.slice(wanted.indexOf(':') + 1);
}

function isHardware(device: DeviceV1): boolean {
  return device.kind === 'cpu' ? device.software !== true : device.software === false;
}

function hardwareFirst(devices: readonly DeviceV1[]): readonly DeviceV1[] {
  return [
    ...devices.filter((device) => isHardware(device)),
    ...devices.filter((device) => !isHardware(device)),
  ];
}
