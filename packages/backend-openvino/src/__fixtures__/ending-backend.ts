import type { BackendV1 } from '@switchyard/core';
import { createOpenvinoBackend } from '../openvino-backend.ts';
import { createOpenvinoDouble } from './openvino-double.ts';

/** A backend whose first run ends its process, as an exception on a native thread of the binding does. */
export function createEndingBackend(): BackendV1 {
  const { library } = createOpenvinoDouble({ endsProcess: true });
  return {
    ...createOpenvinoBackend({ library }),
    origin: { module: import.meta.url, factory: 'createEndingBackend', arguments: [] },
    // The binding is the double, so that no file of the real one is needed.
    doArtifacts: async () => [],
  };
}
