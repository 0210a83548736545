import type { DeviceV1 } from '@switchyard/core';

/** The one device: the binding has no way to say which adapter, so that the engine takes one. */
export const DEVICE_ID = 'webgpu:0';

/** A device as its adapter is known so far. Emulations are of kind `cpu`. */
export function webgpuDevice(name: string, software: boolean | 'unknown', integrated?: boolean): DeviceV1 {
  return {
    id: DEVICE_ID,
    name,
    kind: software === true ? 'cpu' : 'gpu',
    software,
    ...(integrated === undefined ? {} : { integrated }),
  };
}
