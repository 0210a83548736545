import type { DeviceV1 } from '@switchyard/core';
import { STAND_IN } from './stand-in.ts';
import { DEVICE_KIND, ID } from './identity.ts';

/**
 * A device with its place among those of the machine. As long as the stand-in computes, the device says that it is an
 * emulation on the CPU, so that nobody is told that other hardware ran a model.
 */
export function deviceOf(index: number, name: string): DeviceV1 {
  const id = `${ID}:${index}`;
  if (STAND_IN) return { id, name: `${name} (stand-in)`, kind: 'cpu', software: true };
  return { id, name, kind: DEVICE_KIND, software: false };
}
