import { EngineError, makeReason, type DeviceV1 } from '@switchyard/core';

/** The number in `cuda:1`, which the engine calls `deviceId`. */
export function deviceIndex(device: DeviceV1): number {
  const match = /^cuda:(\d+)$/.exec(device.id);
  if (match !== null) return Number(match[1]);
  throw new EngineError({
    backend: 'cuda',
    reason: makeReason(
      'device-unknown',
      `\`${device.id}\` is not a device of the \`cuda\` backend.`,
      { device: device.id },
      'Name one as `cuda:0`; `switchyard devices` lists them.',
    ),
  });
}
