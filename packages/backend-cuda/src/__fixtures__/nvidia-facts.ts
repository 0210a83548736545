import type { AcceleratorFacts, Fact, HostFacts, NvidiaGpuFacts } from '@switchyard/core';
import { loadMachine } from '@switchyard/core/machines';

export const WORKSTATION: HostFacts = await loadMachine('linux-nvidia');

export function known<T>(value: T): Fact<T> {
  return { known: true, value, source: 'constructed for a test' };
}

export function notKnown(why: string = 'nobody looked'): Fact<never> {
  return { known: false, why };
}

export interface Parts {
  readonly platform?: string;
  readonly arch?: string;
  readonly libc?: HostFacts['libc'];
  readonly machineArch?: Fact<string>;
  readonly wsl?: Fact<1 | 2 | null>;
  readonly container?: Fact<string | null>;
  readonly accelerators?: HostFacts['accelerators'];
  readonly deviceNodes?: Fact<readonly string[]>;
  readonly driverVersion?: Fact<string | null>;
  readonly gpus?: Fact<readonly NvidiaGpuFacts[]>;
  readonly libraries?: readonly string[] | Fact<never>;
  readonly variables?: Readonly<Record<string, string>>;
}

/** The machine `linux-nvidia` (one RTX 3090, CUDA 12.9, cuDNN 9) with some facts exchanged. */
export function nvidiaFacts(parts: Parts = {}): HostFacts {
  const base = WORKSTATION;
  const { libraries } = parts;
  return {
    ...base,
    os: { ...base.os, platform: parts.platform ?? base.os.platform, arch: parts.arch ?? base.os.arch },
    libc: parts.libc ?? base.libc,
    cpu: { ...base.cpu, machineArch: parts.machineArch ?? base.cpu.machineArch },
    environment: {
      ...base.environment,
      wsl: parts.wsl ?? base.environment.wsl,
      container: parts.container ?? base.environment.container,
    },
    accelerators: parts.accelerators ?? base.accelerators,
    deviceNodes: parts.deviceNodes ?? base.deviceNodes,
    nvidia: {
      driverVersion: parts.driverVersion ?? base.nvidia.driverVersion,
      gpus: parts.gpus ?? base.nvidia.gpus,
    },
    libraries:
      libraries === undefined
        ? base.libraries
        : isNames(libraries)
          ? known(libraries.map((name) => ({ name, path: `/usr/lib/x86_64-linux-gnu/${name}` })))
          : libraries,
    variables: parts.variables ?? base.variables,
  };
}

function isNames(value: readonly string[] | Fact<never>): value is readonly string[] {
  return Array.isArray(value);
}

export function busGpu(driver: string | null, index: number = 1): AcceleratorFacts {
  return {
    kind: 'gpu',
    vendor: 'NVIDIA',
    vendorId: '10de',
    deviceId: '2204',
    busId: `0000:0${index}:00.0`,
    name: 'GA102 [GeForce RTX 3090]',
    driver,
    integrated: false,
  };
}

export function driverGpu(index: number, name: string, uuid: string | null = null): NvidiaGpuFacts {
  return { index, name, uuid, busId: `0000:0${index + 1}:00.0` };
}

export const CUDA_12: readonly string[] = [
  'libcuda.so.1',
  'libcudart.so.12',
  'libcublas.so.12',
  'libcublasLt.so.12',
  'libcufft.so.11',
  'libcurand.so.10',
  'libcudnn.so.9',
];

export const CUDA_13: readonly string[] = [
  'libcuda.so.1',
  'libcudart.so.13',
  'libcublas.so.13',
  'libcublasLt.so.13',
  'libcufft.so.12',
  'libcurand.so.10',
  'libcudnn.so.9',
];
