import type { HostFacts, Reason } from '@switchyard/core';
import { makeReason } from './make-reason.ts';
import { DOCTOR_REMEDY } from './remedies.ts';

/**
 * Libraries that the CUDA execution provider links, and their file versions in each CUDA release that
 * onnxruntime-node 1.30.0 may mean: the manifest of its install script says CUDA 12, while upstream
 * turned to 13 with 1.27. The provider library decides; nobody has read it for 1.30.0 yet.
 */
const RELEASES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  '12': { libcudart: 12, libcublas: 12, libcublasLt: 12, libcufft: 11, libcudnn: 9 },
  '13': { libcudart: 13, libcublas: 13, libcublasLt: 13, libcufft: 12, libcudnn: 9 },
};

/** Linked by releases before 1.30; whether 1.30.0 still links it is not verified, so its absence blocks nothing. */
const PERHAPS = 'libcurand';

const REMEDY =
  'Install the CUDA runtime libraries and cuDNN 9 of the release that the provider library was built for, from ' +
  "NVIDIA's package repository: `sudo apt-get install cuda-libraries-12-9 libcudnn9-cuda-12` for CUDA 12, or " +
  '`sudo apt-get install cuda-libraries-13-0 libcudnn9-cuda-13` for CUDA 13.';

/** What the facts say about the libraries that a GPU with a driver still needs. */
export interface CudaLibraries {
  readonly notes: readonly Reason[];
  readonly blockers: readonly Reason[];
}

/** Compares the libraries of the host with what the provider links. `driver`: whether to expect the driver's own. */
export function cudaLibraries(host: HostFacts, driver: boolean): CudaLibraries {
  const { libraries, variables } = host;
  if (!libraries.known)
    return {
      notes: [
        makeReason(
          'device-unknown',
          `Whether the CUDA runtime libraries and cuDNN are here is not known (${libraries.why}).`,
          { libraries: libraries.why },
          DOCTOR_REMEDY,
        ),
      ],
      blockers: [],
    };
  const majors = new Map<string, Set<number>>();
  for (const { name } of libraries.value) {
    const match = /^(lib[a-zA-Z]+)\.so\.(\d+)/.exec(name);
    if (match === null) continue;
    const family = majors.get(match[1]!) ?? new Set();
    majors.set(match[1]!, family.add(Number(match[2])));
  }
  const evidence: Record<string, unknown> = { libraries: libraries.value.map(({ name }) => name) };
  // A toolkit variable is shown, because people expect it to count, and counts for nothing.
  for (const name of ['CUDA_PATH', 'CUDA_HOME', 'LD_LIBRARY_PATH'])
    if (variables[name] !== undefined) evidence[`variables.${name}`] = variables[name];

  const blockers: Reason[] = [];
  if (driver && majors.get('libcuda')?.has(1) !== true)
    blockers.push(
      makeReason(
        'runtime-library-missing',
        "The NVIDIA driver is there, but its own library `libcuda.so.1` was not found among this system's libraries.",
        evidence,
        'In a container, ask for it with `NVIDIA_DRIVER_CAPABILITIES=compute,utility`; elsewhere install the ' +
          "driver's compute package (`libcuda1` on Debian, `libnvidia-compute-…` on Ubuntu).",
      ),
    );
  const missing = missingFamilies(majors);
  if (missing !== null) blockers.push(makeReason('runtime-library-missing', missing, evidence, REMEDY));
  const notes =
    missing === null && !majors.has(PERHAPS)
      ? [
          makeReason(
            'device-unknown',
            `\`${PERHAPS}\` was not found; earlier releases of the engine link it, and whether this one does is not known.`,
            evidence,
            REMEDY,
          ),
        ]
      : [];
  return { notes, blockers };
}

/** `null` when one CUDA release is complete. */
function missingFamilies(majors: ReadonlyMap<string, ReadonlySet<number>>): string | null {
  const releases = Object.values(RELEASES);
  const lacks = (needed: Readonly<Record<string, number>>): boolean =>
    Object.entries(needed).some(([family, major]) => majors.get(family)?.has(major) !== true);
  if (!releases.every(lacks)) return null;
  const families = Object.keys(releases[0]!);
  const absent = families.filter((family) => !majors.has(family));
  const described =
    absent.length === 0 ? [] : [`${absent.map((name) => `\`${name}\``).join(', ')} not found`];
  for (const family of families) {
    const wanted = [...new Set(releases.map((needed) => needed[family]!))];
    const found = [...(majors.get(family) ?? [])].toSorted((left, right) => left - right);
    if (found.length === 0 || wanted.some((major) => found.includes(major))) continue;
    described.push(`\`${family}\` is there as ${versions(found)}, not as ${versions(wanted, ' or ')}`);
  }
  const there = families
    .flatMap((family) => [...(majors.get(family) ?? [])].map((major) => `\`${family}.so.${major}\``))
    .join(', ');
  const what =
    described.length > 0 ? described.join('; ') : 'the libraries belong to different CUDA releases';
  return (
    `The GPU needs the CUDA runtime libraries and cuDNN of one CUDA release (12 or 13, as the engine's provider ` +
    `library was built): ${what}. Found: ${there === '' ? 'none of them' : there}.`
  );
}

function versions(majors: readonly number[], separator: string = ', '): string {
  return majors.map((major) => `\`.so.${major}\``).join(separator);
}
