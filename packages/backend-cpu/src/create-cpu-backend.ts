import { deepFreeze, type BackendManifestV1, type BackendV1 } from '@switchyard/core';
import { ORT_DTYPES, ORT_NATIVE_GROUP, openOrtSession, probeOrtProvider } from '@switchyard/ort-host';
import { CPU_OPTIONS } from './cpu-options.ts';
import { cpuDevice, cpuPredicate } from './cpu-predicate.ts';
import { VERSION } from './version.ts';

const ID = 'cpu';
const PROVIDER = Object.freeze({ name: 'cpu' });

const MANIFEST: BackendManifestV1 = deepFreeze({
  id: ID,
  title: 'CPU (ONNX Runtime)',
  package: { name: '@switchyard/backend-cpu', version: VERSION },
  stability: 'stable',
  optIn: false,
  optInReason:
    'It is the reference: it needs no device, and the results of other backends are compared with its own.',
  deviceKinds: ['cpu'],
  rank: 0,
  dtypes: ORT_DTYPES,
  nativeGroup: ORT_NATIVE_GROUP,
  isolation: { minimum: 'inline', recommended: 'thread' },
  options: CPU_OPTIONS,
});

/** Makes the CPU backend: ONNX Runtime with its CPU provider and no other. Loads nothing. */
export function createCpuBackend(): BackendV1 {
  return {
    specificationVersion: 'v1',
    manifest: MANIFEST,
    origin: { module: import.meta.url, factory: 'createCpuBackend', arguments: [] },
    predicate: cpuPredicate,
    doProbe: ({ host }) => probeOrtProvider({ backend: ID, provider: PROVIDER, devices: [cpuDevice(host)] }),
    // The engine has exactly one CPU device and says nothing about it.
    doDevices: ({ host }) => Promise.resolve([cpuDevice(host)]),
    doOpen: (model, { device, options, strict, signal }) =>
      openOrtSession({
        backend: ID,
        model,
        provider: PROVIDER,
        device,
        session: options,
        ...(strict === undefined ? {} : { strict }),
        ...(signal === undefined ? {} : { signal }),
      }),
  };
}
