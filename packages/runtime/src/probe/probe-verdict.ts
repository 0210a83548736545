import type { DeviceV1, Reason } from '@switchyard/core';
import type { ProbeLevel, ProbeRecord } from './probe-record.ts';
import type { ProbeEnding } from './run-probe-child.ts';

/** Devices that the backend's own probe reported. */
export function devicesOfEngine(levels: readonly ProbeLevel[]): readonly DeviceV1[] {
  return levels.find(({ level, status }) => level === 'engine' && status === 'ok')?.devices ?? [];
}

/** Devices about which something is known, good or bad. */
export function triedDevices(levels: readonly ProbeLevel[]): readonly string[] {
  const ids = devicesOfEngine(levels).map(({ id }) => id);
  return ids.filter((id) => {
    const about = levels.filter(({ device }) => device === id);
    return about.some(({ level, status }) => level === 'placement' || status !== 'ok');
  });
}

/** What the levels amount to. `ending` is how the last process ended, or `null` when that is in the levels. */
export function verdictOf(
  levels: readonly ProbeLevel[],
  ending: ProbeEnding | null,
): Pick<ProbeRecord, 'status' | 'summary' | 'devices' | 'reason'> {
  if (ending !== null && ending.kind !== 'answered') {
    const reason = ending.kind === 'unknown' ? null : ending.reason;
    return { status: ending.kind, summary: ending.reason.message, devices: [], reason };
  }
  const general = levels.find(({ device, reason }) => device === null && reason !== null);
  if (general !== undefined) {
    return { status: general.status, summary: general.note, devices: [], reason: general.reason };
  }
  const broken = levels.filter(({ reason }) => reason !== null);
  const devices = workingDevices(levels, broken);
  if (devices.length === 0) {
    // What did not end proves nothing, so that nothing was proved as long as one device did not.
    const worst = broken.find(({ status }) => status === 'timeout') ?? broken[0];
    if (worst !== undefined)
      return { status: worst.status, summary: worst.note, devices, reason: worst.reason };
    const reason: Reason = {
      code: 'probe-failed',
      message: 'The probe ended without trying a device.',
      evidence: [],
      remedy: null,
    };
    return { status: 'failed', summary: reason.message, devices, reason };
  }
  const engine = levels.find(({ level }) => level === 'engine')?.note ?? '';
  const failures = broken.map(({ note }) => note);
  return { status: 'ok', summary: [engine, ...failures].join(' ').trim(), devices, reason: null };
}

/** The engine's devices without those that failed, each as the last level that reported it saw it. */
function workingDevices(levels: readonly ProbeLevel[], broken: readonly ProbeLevel[]): readonly DeviceV1[] {
  return devicesOfEngine(levels)
    .filter(({ id }) => !broken.some(({ device }) => device === id))
    .filter(({ id }) => levels.some(({ level, device }) => level === 'placement' && device === id))
    .map(
      (device) => levels.flatMap(({ devices }) => devices).findLast(({ id }) => id === device.id) ?? device,
    );
}
