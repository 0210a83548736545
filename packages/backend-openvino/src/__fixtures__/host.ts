import type { AcceleratorFacts, HostFacts } from '@switchyard/core';

function known<Value>(value: Value): { known: true; value: Value; source: string } {
  return { known: true, value, source: 'constructed for a test' };
}

const unknown = { known: false, why: 'it was not read' } as const;

/** A Linux x64 machine with glibc, Node.js 24 and no accelerator. */
export const LINUX: HostFacts = freeze({
  schema: 1,
  provenance: { kind: 'documented', description: 'A machine constructed for a test.' },
  os: { platform: 'linux', arch: 'x64', name: known('Debian'), version: known('12'), build: unknown, kernel: known('6.8') },
  libc: known({ flavour: 'glibc', version: '2.36' }),
  node: { version: '24.21.0', napi: '10' },
  cpu: {
    model: known('Intel(R) Core(TM) Ultra 7'),
    vendor: known('GenuineIntel'),
    machineArch: known('x64'),
    logicalCores: known(8),
    physicalCores: known(8),
    features: known(['avx2']),
  },
  memory: { totalBytes: known(2 ** 34), limitBytes: known(null) },
  environment: { rosetta: known(false), wsl: known(null), container: known(null), vm: known(null) },
  accelerators: known([]),
  deviceNodes: known([]),
  nvidia: { driverVersion: known(null), gpus: known([]) },
  vulkanDrivers: known([]),
  libraries: known([]),
  variables: {},
});

/** The same machine with nothing known that can be unknown. */
export const ALL_UNKNOWN: HostFacts = freeze({
  ...LINUX,
  os: { platform: 'linux', arch: 'x64', name: unknown, version: unknown, build: unknown, kernel: unknown },
  libc: unknown,
  cpu: {
    model: unknown,
    vendor: unknown,
    machineArch: unknown,
    logicalCores: unknown,
    physicalCores: unknown,
    features: unknown,
  },
  memory: { totalBytes: unknown, limitBytes: unknown },
  environment: { rosetta: unknown, wsl: unknown, container: unknown, vm: unknown },
  accelerators: unknown,
  deviceNodes: unknown,
  nvidia: { driverVersion: unknown, gpus: unknown },
  vulkanDrivers: unknown,
  libraries: unknown,
});

/** {@link LINUX} with other facts on top, frozen with everything inside. */
export function host(changes: Partial<HostFacts>): HostFacts {
  return freeze({ ...LINUX, ...changes });
}

/** The OS facts of {@link LINUX} for another platform. */
export function os(platform: string, arch: string): Pick<HostFacts, 'os'> {
  return { os: { ...LINUX.os, platform, arch } };
}

/** A Linux machine with these accelerators and everything that Intel's drivers would bring. */
export function withAccelerators(accelerators: readonly AcceleratorFacts[], changes: Partial<HostFacts> = {}): HostFacts {
  return host({
    accelerators: known(accelerators),
    deviceNodes: known(['/dev/accel/accel0', '/dev/dri/renderD128', '/dev/dri/renderD129']),
    libraries: known(
      ['libOpenCL.so.1', 'libze_intel_npu.so.1'].map((name) => ({ name, path: `/usr/lib/${name}` })),
    ),
    ...changes,
  });
}

const PCI = { vendor: 'Intel', vendorId: '8086', deviceId: '0001', busId: '0000:00:02.0' } as const;

export const INTEGRATED: AcceleratorFacts = { ...PCI, kind: 'gpu', name: 'Iris Xe', driver: 'i915', integrated: true };
export const DISCRETE: AcceleratorFacts = { ...PCI, kind: 'gpu', name: 'Arc A770', driver: 'xe', integrated: false };
export const NPU: AcceleratorFacts = { ...PCI, kind: 'npu', name: 'Intel AI Boost', driver: 'intel_vpu', integrated: true };
export const NVIDIA: AcceleratorFacts = {
  ...PCI,
  vendor: 'NVIDIA',
  vendorId: '10de',
  kind: 'gpu',
  name: 'GeForce RTX 4090',
  driver: 'nvidia',
  integrated: false,
};

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}
