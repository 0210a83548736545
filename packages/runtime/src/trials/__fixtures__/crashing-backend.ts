import { createCpuBackend } from '@switchyard/backend-cpu';
import type { BackendV1 } from '@switchyard/core';

/** The CPU backend under another name, whose runs end the process that they are in. */
export function createCrashingBackend(): BackendV1 {
  const cpu = createCpuBackend();
  return {
    ...cpu,
    manifest: { ...cpu.manifest, id: 'crashing' },
    origin: { module: import.meta.url, factory: 'createCrashingBackend', arguments: [] },
    async doOpen(model, context) {
      const session = await cpu.doOpen(model, context);
      return { ...session, doRun: () => process.abort() };
    },
  };
}
