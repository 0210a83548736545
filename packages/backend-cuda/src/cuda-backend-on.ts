import { checkOptions, type BackendManifestV1, type BackendV1, type OptionSchemaV1 } from '@switchyard/core';
import { ORT_DTYPES, ORT_NATIVE_GROUP, ORT_SESSION_OPTIONS } from '@switchyard/ort-host';
import { cudaArtifacts } from './cuda-artifacts.ts';
import type { CudaPlaces } from './cuda-places.ts';
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

const OPTIONS: OptionSchemaV1 = Object.freeze({
  ...ORT_SESSION_OPTIONS,
  tensorrt: Object.freeze({
    type: 'boolean',
    default: false,
    description:
      'Runs on the TensorRT provider of the engine in place of its CUDA provider. It needs the libraries of TensorRT, and builds an engine for the GPU at every opening, which can take minutes; nodes that it does not take run on the CPU, not on CUDA.',
  }),
});

/** The backend over the machine that it is given to look at; it runs where this process runs. */
export function cudaBackendOn(places: CudaPlaces, options: CudaBackendOptions = {}): BackendV1 {
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
    options: OPTIONS,
  };
  return {
    specificationVersion: 'v1',
    manifest,
    predicate: cudaPredicate,
    doArtifacts: async (host) => cudaArtifacts(host, places),
    doProbe: async ({ host, signal }) => probeCuda(host, places, signal),
    // The binding has no call that lists CUDA devices; the driver's list, filtered as CUDA filters it, is the list.
    doDevices: async ({ host }) => cudaPredicate(host).devices,
    doOpen: async (model, context) => {
      const options = checkOptions(manifest.options, context.options, 'backend `cuda`');
      return openCuda(model, { ...context, options }, places);
    },
  };
}
