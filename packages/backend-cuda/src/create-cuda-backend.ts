import { checkOptions, type BackendManifestV1, type BackendV1 } from '@switchyard/core';
import { ORT_DTYPES, ORT_NATIVE_GROUP, ORT_SESSION_OPTIONS } from '@switchyard/ort-host';
import { cudaArtifacts } from './cuda-artifacts.ts';
import { cudaPredicate } from './cuda-predicate.ts';
import { openCuda } from './open-cuda.ts';
import { probeCuda } from './probe-cuda.ts';
import { VERSION } from './version.ts';

export interface CudaBackendOptions {
  /**
   * (optional) Preference among accelerators that were enabled, from -100 to 100, higher first.
   * A rule, not a claim about speed. Default: 0.
   */
  readonly rank?: number;
}

/**
 * The backend for NVIDIA GPUs, over ONNX Runtime's CUDA execution provider. Making it loads nothing
 * and looks at nothing. Linux on x64 with glibc only: onnxruntime-node has no other build with CUDA.
 */
export function createCudaBackend(options: CudaBackendOptions = {}): BackendV1 {
  const manifest: BackendManifestV1 = {
    id: 'cuda',
    title: 'CUDA (NVIDIA GPUs)',
    package: { name: '@switchyard/backend-cuda', version: VERSION },
    stability: 'stable',
    optIn: false,
    optInReason:
      'A machine with an NVIDIA GPU and its driver was set up to compute on it, and nothing else makes this backend ' +
      'eligible: the published platform preference takes it before the CPU.',
    deviceKinds: ['gpu'],
    rank: options.rank ?? 0,
    dtypes: ORT_DTYPES,
    nativeGroup: ORT_NATIVE_GROUP,
    isolation: { minimum: 'inline', recommended: 'process' },
    options: ORT_SESSION_OPTIONS,
  };
  return {
    specificationVersion: 'v1',
    manifest,
    origin: { module: import.meta.url, factory: 'createCudaBackend', arguments: [options] },
    predicate: cudaPredicate,
    doArtifacts: cudaArtifacts,
    doProbe: async ({ host, signal }) => probeCuda(host, signal),
    // The binding has no call that lists CUDA devices; the driver's list, filtered as CUDA filters it, is the list.
    doDevices: async ({ host }) => cudaPredicate(host).devices,
    doOpen: async (model, context) =>
      openCuda(model, {
        ...context,
        options: checkOptions(manifest.options, context.options, 'backend `cuda`'),
      }),
  };
}
