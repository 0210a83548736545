import type { HostFacts } from '@switchyard/core';

/** The last minor release of each CUDA release, as the names of packages in NVIDIA's repositories write it. */
const LAST_MINORS: Readonly<Record<number, string>> = { 11: '11-8', 12: '12-9', 13: '13-0' };

/** Packages of Debian and Ubuntu for libraries that an image can be without. */
const DEBIAN_PACKAGES: Readonly<Record<string, string>> = {
  'libstdc++.so.6': 'libstdc++6',
  'libgcc_s.so.1': 'libgcc-s1',
  'libz.so.1': 'zlib1g',
  'libgomp.so.1': 'libgomp1',
};

function installer(host: HostFacts): 'apt-get' | 'dnf' | 'zypper' {
  const name = host.os.name.known ? host.os.name.value : '';
  if (/fedora|red hat|rhel|centos|rocky|alma|oracle|amazon/i.test(name)) return 'dnf';
  return /suse|sles/i.test(name) ? 'zypper' : 'apt-get';
}

/** The command that installs packages of NVIDIA's repository, or of the distribution. */
export function installCommand(host: HostFacts, packages: readonly string[]): string {
  return `\`sudo ${installer(host)} install ${packages.join(' ')}\``;
}

/** The package with the runtime libraries of a CUDA release, or `null` for one whose name is not known. */
export function cudaPackage(major: number): string | null {
  const minor = LAST_MINORS[major];
  return minor === undefined ? null : `cuda-libraries-${minor}`;
}

/** The command that brings one library of the system. */
export function libraryCommand(host: HostFacts, name: string): string {
  const manager = installer(host);
  if (manager !== 'apt-get') return `\`sudo ${manager} install '${name}()(64bit)'\``;
  const known = DEBIAN_PACKAGES[name];
  return known === undefined ? `\`apt-file search ${name}\`` : `\`sudo apt-get install ${known}\``;
}

/** What brings a newer driver, which never comes with a container or with Linux inside Windows. */
export function driverRemedy(host: HostFacts): string {
  const { wsl, container } = host.environment;
  if (wsl.known && wsl.value !== null)
    return 'Install the current NVIDIA driver in Windows (none inside Linux), then restart with `wsl --shutdown`.';
  const command = installCommand(host, ['cuda-drivers']);
  if (container.known && container.value !== null)
    return `Install a newer driver on the host of this container (there, from NVIDIA's repository: ${command}), and reboot it.`;
  return `Install a newer driver from NVIDIA's repository, ${command}, and reboot.`;
}

/** The driver's own library, which a container gets from its host. */
export function driverLibraryRemedy(host: HostFacts): string {
  const { container } = host.environment;
  if (container.known && container.value !== null)
    return 'Start the container with `-e NVIDIA_DRIVER_CAPABILITIES=compute,utility`, which hands the library in.';
  return `Install the compute package of the driver: ${installCommand(host, [computePackage(host)])}.`;
}

function computePackage(host: HostFacts): string {
  if (installer(host) !== 'apt-get') return 'nvidia-driver-cuda-libs';
  const { driverVersion } = host.nvidia;
  const branch = driverVersion.known ? /^\d+/.exec(driverVersion.value ?? '')?.[0] : undefined;
  const ubuntu = host.os.name.known && /ubuntu/i.test(host.os.name.value);
  return ubuntu && branch !== undefined ? `libnvidia-compute-${branch}` : 'libcuda1';
}
