import { makeReason, type HostFacts, type Reason } from '@switchyard/core';
import { CUDA_RELEASES } from './cuda-releases.ts';
import { cudaPackage, installCommand } from './install-commands.ts';
import { driverLibraryByFacts, driverProblem } from './judge-driver.ts';
import { DOCTOR_REMEDY } from './remedies.ts';

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
  const own = driver ? driverLibraryByFacts(host) : null;
  if (own !== null) blockers.push(own);
  const complete = completeReleases(majors);
  const missing = complete.length > 0 ? null : missingFamilies(majors);
  if (missing !== null)
    blockers.push(makeReason('runtime-library-missing', missing, evidence, installRemedy(host, majors)));
  const old = driver ? driverProblem(host, [], complete, null) : null;
  if (old !== null) blockers.push(old);
  return { notes: [], blockers };
}

function completeReleases(majors: ReadonlyMap<string, ReadonlySet<number>>): readonly number[] {
  return Object.entries(CUDA_RELEASES)
    .filter(([, needed]) =>
      Object.entries(needed).every(([family, major]) => majors.get(family)?.has(major) === true),
    )
    .map(([release]) => Number(release));
}

/** One command: for the release of which something is there already, else for the one that the engine's script names. */
function installRemedy(host: HostFacts, majors: ReadonlyMap<string, ReadonlySet<number>>): string {
  const begun = (release: number): boolean => majors.get('libcudart')?.has(release) === true;
  const release = begun(13) && !begun(12) ? 13 : 12;
  const packages = [cudaPackage(release)!, `libcudnn9-cuda-${release}`];
  return `Install from NVIDIA's package repository: ${installCommand(host, packages)}.`;
}

/** What keeps every CUDA release from being complete. */
function missingFamilies(majors: ReadonlyMap<string, ReadonlySet<number>>): string {
  const releases = Object.values(CUDA_RELEASES);
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
