import type { BackendSessionV1, DeviceV1, OptionValuesV1 } from '@switchyard/core';
import { createWasmBackend } from '../create-wasm-backend.ts';

/** What the predicate says of a machine whose processor has no name. */
export const DEVICE: DeviceV1 = { id: 'wasm', name: 'CPU', kind: 'cpu', software: false };

/** Opens a model by path or content. */
export function openModel(
  model: string | Uint8Array,
  options: OptionValuesV1 = {},
): Promise<BackendSessionV1> {
  const source = typeof model === 'string' ? { path: model } : { bytes: model, name: 'test' };
  return createWasmBackend().doOpen(source, { device: DEVICE, options });
}
