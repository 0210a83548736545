import type { ArtifactCheckV1, HostFacts, Reason, ReasonCode } from '@switchyard/core';
import { cudaHardware } from './cuda-hardware.ts';
import type { CudaPlaces } from './cuda-places.ts';
import { cudaPlatform } from './cuda-platform.ts';
import { judgeProvider } from './judge-provider.ts';
import { lookAtProvider, type CudaProvider } from './look-at-provider.ts';

const TITLES = { cuda: 'CUDA', tensorrt: 'TensorRT' } as const;

/**
 * The libraries of a provider that the npm package leaves to its install script, and, where they are there
 * and a GPU could use them, what they need of the system. Empty where CUDA has no build.
 */
export async function cudaArtifacts(
  host: HostFacts,
  places: CudaPlaces,
  provider: CudaProvider = 'cuda',
): Promise<readonly ArtifactCheckV1[]> {
  if (cudaPlatform(host).eligible === 'no') return [];
  const look = await lookAtProvider(places, provider);
  const hardware = cudaHardware(host);
  const driver = hardware.seen === 'yes' && hardware.driver;
  const judgement = judgeProvider(look, host, driver);
  const title = TITLES[provider];
  const files = check(`${title} provider of the engine`, judgement.files, []);
  // A provider whose release its needs do not tell says nothing about the driver.
  const settlesDriver: readonly ReasonCode[] = judgement.cudaMajor === null ? [] : ['driver-mismatch'];
  if (judgement.files !== null || hardware.seen === 'no') return [files];
  return [
    files,
    check(`libraries that the ${title} provider needs`, judgement.libraries, ['runtime-library-missing']),
    ...(driver
      ? [
          check('library of the NVIDIA driver', judgement.driverLibrary, ['runtime-library-missing']),
          check(`NVIDIA driver for the ${title} provider`, judgement.driver, settlesDriver),
        ]
      : []),
  ];
}

function check(name: string, problem: Reason | null, settles: readonly ReasonCode[]): ArtifactCheckV1 {
  const found = { name, present: problem === null, problem };
  return settles.length === 0 ? found : { ...found, settles };
}
