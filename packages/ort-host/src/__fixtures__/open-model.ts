import type { BackendSessionV1, OptionValuesV1 } from '@switchyard/core';
import { openOrtSession } from '../open-ort-session.ts';

/** Opens a model, by path or by bytes, on the CPU provider. */
export function openModel(
  model: string | Uint8Array,
  session: OptionValuesV1 = {},
): Promise<BackendSessionV1> {
  return openOrtSession({
    backend: 'cpu',
    model: typeof model === 'string' ? { path: model } : { bytes: model, name: 'test' },
    provider: { name: 'cpu' },
    device: { id: 'cpu', name: 'CPU', kind: 'cpu', software: false },
    session,
  });
}
