import { makeReason, type HostFacts, type Reason } from '@switchyard/core';
import type { NeededLibrary } from '@switchyard/core/host';
import { missedDriver } from './cuda-releases.ts';
import { driverLibraryRemedy, driverRemedy } from './install-commands.ts';

/** The driver's own library, as the provider's needs were resolved, or else as the facts have it. */
export function driverLibraryProblem(needed: readonly NeededLibrary[], host: HostFacts): Reason | null {
  const linked = needed.find(({ name }) => name === 'libcuda.so.1');
  // The CUDA runtime opens it by name where nothing links it.
  const missing = linked === undefined ? isUnlisted(host) : linked.found === 'no';
  return missing ? missingDriverLibrary(host) : null;
}

function isUnlisted({ libraries }: HostFacts): boolean {
  return libraries.known && !libraries.value.some(({ name }) => /^libcuda\.so\.1(\.|$)/.test(name));
}

/** The driver is there and its library is not, whoever found that out. `null` where facts do not say so. */
export function driverLibraryByFacts(host: HostFacts): Reason | null {
  return isUnlisted(host) ? missingDriverLibrary(host) : null;
}

function missingDriverLibrary(host: HostFacts): Reason {
  const { container } = host.environment;
  return makeReason(
    'runtime-library-missing',
    'The NVIDIA driver is there, but the dynamic loader does not find its library `libcuda.so.1`.',
    {
      libraries: host.libraries.known ? host.libraries.value.map(({ name }) => name) : host.libraries.why,
      'environment.container': container.known ? container.value : container.why,
    },
    driverLibraryRemedy(host),
  );
}

/**
 * A driver that is too old for every CUDA release in question.
 *
 * @param needed libraries that were resolved; a compatibility library among them makes old drivers do
 * @param provider file that was built for that release, or `null` where the libraries of the machine tell it
 */
export function driverProblem(
  host: HostFacts,
  needed: readonly Pick<NeededLibrary, 'name' | 'path'>[],
  majors: readonly number[],
  provider: string | null,
): Reason | null {
  const version = host.nvidia.driverVersion.known ? host.nvidia.driverVersion.value : null;
  if (version === null || majors.length === 0) return null;
  const misses = majors.map((major) => ({ major, minimum: missedDriver(version, major) }));
  const [first] = misses;
  if (misses.some(({ minimum }) => minimum === null)) return null;
  const listed = host.libraries.known ? host.libraries.value : [];
  const libcuda = [...needed, ...listed].find(({ name }) => name === 'libcuda.so.1')?.path ?? '';
  if (/\/compat\//.test(libcuda)) return null;
  const whose =
    provider === null ? 'whose libraries are the ones here' : `for which \`${provider}\` was built`;
  return makeReason(
    'driver-mismatch',
    `The NVIDIA driver is ${version}, and CUDA ${first!.major}, ${whose}, needs ${first!.minimum} or newer.`,
    { 'nvidia.driverVersion': version, 'CUDA release': majors },
    driverRemedy(host),
  );
}
