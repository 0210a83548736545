import { elfFile, ldSoCacheBytes } from '@switchyard/core/testing';
import { ENGINE_FOLDER, type CudaTree } from './cuda-machine.ts';

const SYSTEM = '/usr/lib/x86_64-linux-gnu';

/** Libraries of glibc and GCC that every build of the engine needs. */
const BASE: readonly string[] = [
  'libstdc++.so.6',
  'libm.so.6',
  'libgcc_s.so.1',
  'libc.so.6',
  'ld-linux-x86-64.so.2',
];

/** Libraries of each CUDA release that a provider built for it needs. */
export const CUDA_NEEDS: Readonly<Record<12 | 13, readonly string[]>> = {
  12: [
    'libcublasLt.so.12',
    'libcublas.so.12',
    'libcufft.so.11',
    'libcurand.so.10',
    'libcudart.so.12',
    'libcudnn.so.9',
  ],
  13: [
    'libcublasLt.so.13',
    'libcublas.so.13',
    'libcufft.so.12',
    'libcurand.so.10',
    'libcudart.so.13',
    'libcudnn.so.9',
  ],
};

const NEEDS_OF: Readonly<Record<string, readonly string[]>> = {
  'libcublas.so.12': ['libcublasLt.so.12'],
  'libcublas.so.13': ['libcublasLt.so.13'],
};

/** Libraries of the system and the cache that lists them, as `ldconfig` would have written it. */
export function systemLibraries(names: readonly string[]): CudaTree {
  const paths = [...BASE, ...names].map((name) => ({ name, path: `${SYSTEM}/${name}` }));
  return {
    ...Object.fromEntries(
      paths.map((one) => [one.path, elfFile({ soname: one.name, needed: NEEDS_OF[one.name] ?? [] })]),
    ),
    '/etc/ld.so.cache': ldSoCacheBytes(paths),
  };
}

/** The libraries of the engine as its install script leaves them, built for a CUDA release. */
export function engineLibraries(release: 12 | 13): CudaTree {
  return {
    [`${ENGINE_FOLDER}/libonnxruntime_providers_shared.so`]: elfFile({
      soname: 'libonnxruntime_providers_shared.so',
      needed: ['libc.so.6'],
    }),
    [`${ENGINE_FOLDER}/libonnxruntime_providers_cuda.so`]: elfFile({
      soname: 'libonnxruntime_providers_cuda.so',
      runpath: '$ORIGIN',
      needed: ['libonnxruntime_providers_shared.so', ...CUDA_NEEDS[release], ...BASE],
    }),
    [`${ENGINE_FOLDER}/libonnxruntime_providers_tensorrt.so`]: elfFile({
      soname: 'libonnxruntime_providers_tensorrt.so',
      runpath: '$ORIGIN',
      needed: [
        'libonnxruntime_providers_shared.so',
        'libnvinfer.so.10',
        'libnvonnxparser.so.10',
        `libcudart.so.${release}`,
        ...BASE,
      ],
    }),
  };
}

/** A GPU as the driver and the bus list it. */
export interface TreeGpu {
  readonly name: string;
  readonly uuid: string;
  readonly busId: string;
}

/** The files of a loaded NVIDIA driver, and its device nodes. */
export function nvidiaDriver(version: string, gpus: readonly TreeGpu[]): CudaTree {
  const tree: Record<string, string | { readonly link: string }> = {
    '/proc/driver/nvidia/version': `NVRM version: NVIDIA UNIX x86_64 Kernel Module  ${version}  Thu Jan  2 03:04:05 UTC 2025\n`,
    '/dev/nvidiactl': '',
    '/dev/nvidia-uvm': '',
  };
  for (const [index, { name, uuid, busId }] of gpus.entries()) {
    const device = `/sys/bus/pci/devices/${busId}`;
    Object.assign(tree, {
      [`/proc/driver/nvidia/gpus/${busId}/information`]: `Model: \t\t ${name}\nGPU UUID: \t ${uuid}\nBus Location: \t ${busId}\n`,
      [`/dev/nvidia${index}`]: '',
      [`${device}/class`]: '0x030000\n',
      [`${device}/vendor`]: '0x10de\n',
      [`${device}/device`]: '0x2204\n',
      [`${device}/driver`]: { link: '../../../bus/pci/drivers/nvidia' },
    });
  }
  return tree;
}

/** A machine with Linux and glibc, with no device and no library beyond the base. */
export const PLAIN_LINUX: CudaTree = {
  '/etc/os-release': 'PRETTY_NAME="Ubuntu 24.04.2 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\n',
  '/proc/sys/kernel/osrelease': '6.8.0-60-generic\n',
  '/proc/self/maps': `7f00-7f01 r-xp 00000000 08:01 1    ${SYSTEM}/libc.so.6\n`,
  '/proc/1/cgroup': '0::/init.scope\n',
  '/dev/null': '',
  '/sys/bus/pci/devices/0000:00:00.0/class': '0x060000\n',
};
