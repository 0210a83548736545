// Made in the process of a probe, in place of the backend that is tried: the same backend, and a fault in its probe.
import { writeSync } from 'node:fs';
import type { BackendOriginV1, BackendV1 } from '@switchyard/core';

/** What goes wrong in the process of a probe. */
export type Fault = 'abort' | 'segfault' | 'hang' | 'noise' | 'garbage' | 'memory';

/** Makes the backend of `origin` with a probe that misbehaves. Only for a process that may be lost. */
export async function createFaultyBackend(origin: BackendOriginV1, fault: Fault): Promise<BackendV1> {
  const module = (await import(origin.module)) as Readonly<Record<string, unknown>>;
  const backend = (await (module[origin.factory] as (...given: readonly unknown[]) => unknown)(
    ...origin.arguments,
  )) as BackendV1;
  return {
    ...backend,
    doProbe: async (context) => {
      await misbehave(fault);
      return backend.doProbe(context);
    },
  };
}

async function misbehave(fault: Fault): Promise<void> {
  switch (fault) {
    case 'abort':
      process.abort();
      return;
    case 'segfault':
      process.kill(process.pid, 'SIGSEGV');
      return stay();
    case 'hang':
      return stay();
    case 'noise':
      writeSync(1, 'This is no answer.\n{"type":"done"}\n');
      writeSync(2, 'Nor is this.\n');
      return;
    case 'garbage':
      writeSync(3, '{"type":"end","level":\n');
      return stay();
    case 'memory': {
      const held: Buffer[] = [];
      // It is ended at its limit, long before the machine has none left.
      for (;;) {
        held.push(Buffer.alloc(8 * 1024 * 1024, 1));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
  }
}

function stay(): Promise<never> {
  return new Promise(() => setInterval(() => undefined, 1000));
}
