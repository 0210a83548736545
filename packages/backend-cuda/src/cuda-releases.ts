/**
 * Libraries that the CUDA execution provider was seen to link, and their file versions in each CUDA release
 * that onnxruntime-node 1.30.0 may mean: the manifest of its install script says CUDA 12, while upstream turned
 * to 13 with 1.27. Where the provider library is there it is read, and this table counts for nothing.
 */
export const CUDA_RELEASES: Readonly<Record<number, Readonly<Record<string, number>>>> = {
  12: { libcudart: 12, libcublas: 12, libcublasLt: 12, libcufft: 11, libcudnn: 9 },
  13: { libcudart: 13, libcublas: 13, libcublasLt: 13, libcufft: 12, libcudnn: 9 },
};

/**
 * The first driver branch that runs programs of a CUDA release on Linux.
 * Source: NVIDIA, CUDA Compatibility, table 1 of "Minor Version Compatibility".
 */
const MINIMUM_DRIVERS: Readonly<Record<number, number>> = { 11: 450, 12: 525, 13: 580 };

/** The minimum that a driver falls short of for a CUDA release, or `null` where it does not, or nobody knows. */
export function missedDriver(driverVersion: string, cudaMajor: number): number | null {
  const minimum = MINIMUM_DRIVERS[cudaMajor];
  const branch = /^\d+/.exec(driverVersion)?.[0];
  if (minimum === undefined || branch === undefined) return null;
  return Number(branch) < minimum ? minimum : null;
}

/** What a library belongs to. */
export interface LibraryFamily {
  readonly product: 'CUDA' | 'cuDNN' | 'TensorRT' | 'driver';
  /** Major version of the product; `null` where the file name does not tell. */
  readonly major: number | null;
}

// cuFFT counts one behind the release that it comes with; cuRAND, cuSPARSE and cuSOLVER kept a number across releases.
const FAMILIES: readonly (readonly [RegExp, LibraryFamily['product'], (version: number) => number | null])[] =
  [
    [/^lib(?:cuda|nvidia-ml)\.so\.(\d+)/, 'driver', () => null],
    [
      /^lib(?:cudart|cublas|cublasLt|nvrtc|nvrtc-builtins|nvJitLink|nvjitlink)\.so\.(\d+)/,
      'CUDA',
      (version) => version,
    ],
    [/^libcufftw?\.so\.(\d+)/, 'CUDA', (version) => version + 1],
    [/^lib(?:curand|cusparse|cusolver|cusolverMg|cupti|nvToolsExt)\.so\.(\d+)/, 'CUDA', () => null],
    [/^libcudnn\w*\.so\.(\d+)/, 'cuDNN', (version) => version],
    [/^libnv(?:infer\w*|onnxparser)\.so\.(\d+)/, 'TensorRT', (version) => version],
  ];

/** What a library of NVIDIA belongs to, from its file name, or `null` for any other. */
export function libraryFamily(name: string): LibraryFamily | null {
  for (const [pattern, product, major] of FAMILIES) {
    const version = pattern.exec(name)?.[1];
    if (version !== undefined) return { product, major: major(Number(version)) };
  }
  return null;
}

/** The one CUDA release that libraries belong to, or `null` where their names do not tell, or disagree. */
export function cudaMajorOf(names: readonly string[]): number | null {
  const majors = new Set(
    names.flatMap((name) => {
      const family = libraryFamily(name);
      return family?.product === 'CUDA' && family.major !== null ? [family.major] : [];
    }),
  );
  const [major] = majors;
  return majors.size === 1 ? major! : null;
}
