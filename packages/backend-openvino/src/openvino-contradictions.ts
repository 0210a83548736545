import type { DeviceKind, DeviceV1, HostFacts } from '@switchyard/core';
import { openvinoPredicate } from './openvino-predicate.ts';

const WORDS = { gpu: 'GPU', npu: 'NPU' } as const;

/**
 * Where the devices that OpenVINO lists and those that the host facts show do not agree: one sentence for
 * each. OpenVINO's list decides what can be opened; the sentence tells where to look when it surprises.
 */
export function findContradictions(host: HostFacts, listed: readonly DeviceV1[]): readonly string[] {
  const shown = openvinoPredicate(host).devices;
  return (['gpu', 'npu'] as const).flatMap((kind) => {
    const expected = ofKind(shown, kind);
    const found = ofKind(listed, kind);
    if (expected.length > found.length) {
      return [
        `The host facts show ${names(expected)} with a driver, and OpenVINO lists ${found.length === 0 ? `no ${WORDS[kind]}` : `only ${names(found)}`}: its ${WORDS[kind]} plugin could not use the rest.`,
      ];
    }
    if (found.length > expected.length && isComplete(host)) {
      return [
        `OpenVINO lists ${names(found)}, and the host facts show ${expected.length === 0 ? `no usable Intel ${WORDS[kind]}` : `only ${names(expected)}`}.`,
      ];
    }
    return [];
  });
}

/** Whether the host facts can tell that a device is not there. */
function isComplete(host: HostFacts): boolean {
  const wsl = host.deviceNodes.known && host.deviceNodes.value.includes('/dev/dxg');
  return host.accelerators.known && !wsl;
}

function ofKind(devices: readonly DeviceV1[], kind: DeviceKind): readonly DeviceV1[] {
  return devices.filter((device) => device.kind === kind);
}

function names(devices: readonly DeviceV1[]): string {
  return devices.map(({ id, name }) => `\`${id}\` (${name})`).join(', ');
}
