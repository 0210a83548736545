import type { BackendV1, DType, Tensors, ValueInfo } from '@switchyard/core';

/** `y` is `x`, whatever it is. The model's name or path ends in the dtype; nothing is read. */
export function createEchoBackend(dtype: DType = 'float32', rank = 1): BackendV1 {
  const device = { id: 'echo:0', name: 'Echo', kind: 'cpu', software: false } as const;
  const shape = Array.from({ length: rank }, () => null);
  const inputs: readonly ValueInfo[] = [{ name: 'x', dtype, shape }];
  const outputs: readonly ValueInfo[] = [{ name: 'y', dtype, shape }];
  return {
    specificationVersion: 'v1',
    manifest: {
      id: 'echo',
      title: 'Echo',
      package: { name: '@test/backend-echo', version: '1.0.0' },
      stability: 'stable',
      optIn: false,
      optInReason: 'It is a fixture.',
      deviceKinds: ['cpu'],
      dtypes: [dtype],
      isolation: { minimum: 'inline', recommended: 'process' },
      options: {},
    },
    origin: { module: import.meta.url, factory: 'createEchoBackend', arguments: [dtype, rank] },
    predicate: () => ({ eligible: 'yes', reasons: [], devices: [device] }),
    doProbe: () => Promise.resolve({ ok: true, devices: [device], evidence: 'It echoes.' }),
    doDevices: () => Promise.resolve([device]),
    doOpen: () =>
      Promise.resolve({
        inputs,
        outputs,
        device,
        executionProviders: ['EchoExecutionProvider'],
        doRun: (feeds: Tensors) => Promise.resolve({ y: feeds['x']! }),
        doPlacement: () =>
          Promise.resolve({ source: 'echo', complete: true, providers: [], partitions: null }),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  };
}
