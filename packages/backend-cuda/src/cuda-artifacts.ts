import type { ArtifactCheckV1, HostFacts } from '@switchyard/core';
import { ORT_VERSION, findOrtArtifacts } from '@switchyard/ort-host';
import { cudaPlatform } from './cuda-platform.ts';

// Read from script/install.js of onnxruntime-node 1.30.0. `cuda12` as a value is parsed and then dropped,
// so that only `true` (or `1`, `ON`) forces the download.
const REMEDY =
  'Run `ONNXRUNTIME_NODE_INSTALL=true npm rebuild onnxruntime-node`, or with pnpm, and wherever install scripts are ' +
  'blocked, `ONNXRUNTIME_NODE_INSTALL=true node <folder of onnxruntime-node>/script/install.js`. It downloads the ' +
  `NuGet package Microsoft.ML.OnnxRuntime.Gpu.Linux ${ORT_VERSION} and checks no checksum.`;

/** Libraries of the CUDA provider that the npm package leaves to its install script. Empty where CUDA has no build. */
export async function cudaArtifacts(host: HostFacts): Promise<readonly ArtifactCheckV1[]> {
  return cudaPlatform(host).eligible === 'no' ? [] : findProviderLibraries();
}

/** The same, whatever the facts say. */
export async function findProviderLibraries(): Promise<readonly ArtifactCheckV1[]> {
  return findOrtArtifacts([
    {
      name: 'execution provider bridge library',
      file: 'libonnxruntime_providers_shared.so',
      remedy: REMEDY,
    },
    {
      name: 'CUDA execution provider library',
      file: 'libonnxruntime_providers_cuda.so',
      remedy: REMEDY,
    },
  ]);
}
