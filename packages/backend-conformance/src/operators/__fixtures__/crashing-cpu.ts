import type { BackendV1 } from '@switchyard/core';
import { createCpuBackend } from '@switchyard/backend-cpu';

/** The `cpu` backend, whose process is killed where the model lies in a folder of that name. */
export function createCrashingCpu(): BackendV1 {
  const backend = createCpuBackend();
  return {
    ...backend,
    origin: { module: import.meta.url, factory: 'createCrashingCpu', arguments: [] },
    doOpen: (model, context) => {
      if ('path' in model && model.path.includes('test_crash')) process.kill(process.pid, 'SIGKILL');
      return backend.doOpen(model, context);
    },
  };
}
