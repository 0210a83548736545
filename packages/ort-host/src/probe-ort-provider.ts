import type { DeviceV1, ProbeResultV1 } from '@switchyard/core';
import type { OrtProvider } from './ort-provider.ts';

/** Loads the engine and runs a tiny model on the provider. Never rejects. */
export function probeOrtProvider(_request: {
  readonly backend: string;
  readonly provider: OrtProvider;
  readonly devices: readonly DeviceV1[];
}): Promise<ProbeResultV1> {
  return Promise.reject(new Error('Not written yet.'));
}
