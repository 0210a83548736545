import type { ReasonCode } from '@switchyard/core';
import { elfFile, ldSoCacheBytes } from '@switchyard/core/testing';
import { ENGINE_FOLDER, ENGINE_ROOT, type CudaMachineParts, type CudaTree } from './cuda-machine.ts';
import {
  CUDA_NEEDS,
  PLAIN_LINUX,
  engineLibraries,
  nvidiaDriver,
  systemLibraries,
  type TreeGpu,
} from './cuda-tree.ts';

/** What a person is told: a code, one sentence and one command. */
export interface CudaVerdict {
  readonly code: ReasonCode;
  readonly message: string;
  readonly remedy: string;
}

/** A machine in a situation that people get into, and what is said of it everywhere; `null` where all is well. */
export interface CudaSituation extends CudaMachineParts {
  readonly name: string;
  readonly verdict: CudaVerdict | null;
}

const CARD: TreeGpu = {
  name: 'NVIDIA GeForce RTX 3090',
  uuid: 'GPU-5f0a1c2e-1111-2222-3333-444455556666',
  busId: '0000:01:00.0',
};
const PROVIDER = 'libonnxruntime_providers_cuda.so';
const APT = "Install from NVIDIA's package repository: `sudo apt-get install";
const INSTALL = `Run \`ONNXRUNTIME_NODE_INSTALL=true node ${ENGINE_ROOT}/script/install.js\`, which downloads the NuGet package Microsoft.ML.OnnxRuntime.Gpu.Linux 1.30.0 and checks no checksum.`;
const GPUS =
  'Start the container with `docker run --gpus all …`, for which its host needs the NVIDIA Container Toolkit.';
const UNSET =
  'Unset it (`unset CUDA_VISIBLE_DEVICES`), or set it to the GPU to use: `CUDA_VISIBLE_DEVICES=0`.';

const LIBRARIES = ['libcuda.so.1', ...CUDA_NEEDS[12]];

/** Everything in order: an RTX 3090, CUDA 12 and cuDNN 9, and a provider that was built for CUDA 12. */
const SOUND: CudaTree = {
  ...PLAIN_LINUX,
  ...nvidiaDriver('570.86.15', [CARD]),
  ...systemLibraries(LIBRARIES),
  ...engineLibraries(12),
};

function withLibraries(names: readonly string[], others: CudaTree = {}): CudaTree {
  const all = Object.fromEntries(Object.entries(SOUND).filter(([file]) => !file.startsWith('/usr/lib/')));
  return { ...all, ...systemLibraries(names), ...others };
}

const NO_NODES: CudaTree = { '/dev/nvidia0': null, '/dev/nvidiactl': null, '/dev/nvidia-uvm': null };
const DOCKER: CudaTree = { '/.dockerenv': '' };

/** WSL 2: no driver files and no card on the bus, but `/dev/dxg` and the libraries of the driver of Windows. */
function wsl(names: readonly string[], others: CudaTree): CudaTree {
  const driver = ['libcuda.so.1'].map((name) => ({ name, path: `/usr/lib/wsl/lib/${name}` }));
  const listed = names.map((name) => ({ name, path: `/usr/lib/x86_64-linux-gnu/${name}` }));
  return {
    ...PLAIN_LINUX,
    ...systemLibraries(names),
    ...engineLibraries(12),
    '/proc/sys/kernel/osrelease': '5.15.167.4-microsoft-standard-WSL2\n',
    '/dev/dxg': '',
    '/usr/lib/wsl/lib/libcuda.so.1': elfFile(),
    '/etc/ld.so.cache': ldSoCacheBytes([...driver, ...listed]),
    ...others,
  };
}

const PRODUCTS: Readonly<Record<string, string>> = { 'libcudnn.so.9': 'cuDNN 9' };

/** Each library of CUDA 12 absent, one after the other. */
const EACH_ABSENT: readonly CudaSituation[] = CUDA_NEEDS[12].map((name) => ({
  name: `${name} absent`,
  tree: withLibraries(LIBRARIES.filter((one) => one !== name)),
  verdict: {
    code: 'runtime-library-missing',
    message: `\`${PROVIDER}\` needs \`${name}\` (${PRODUCTS[name] ?? 'CUDA 12'}), and the dynamic loader finds it nowhere.`,
    remedy: `${APT} ${name.startsWith('libcudnn') ? 'libcudnn9-cuda-12' : 'cuda-libraries-12-9'}\`.`,
  },
}));

/** The situations, each with the exact words for it. */
export const CUDA_SITUATIONS: readonly CudaSituation[] = [
  { name: 'everything in order', tree: SOUND, verdict: null },
  {
    name: 'two CUDA releases side by side',
    tree: withLibraries([...LIBRARIES, ...CUDA_NEEDS[13]]),
    verdict: null,
  },
  {
    name: 'libraries beside the provider only',
    tree: withLibraries(
      ['libcuda.so.1'],
      Object.fromEntries(
        CUDA_NEEDS[12].map((name) => [`${ENGINE_FOLDER}/${name}`, elfFile({ runpath: '$ORIGIN' })]),
      ),
    ),
    verdict: null,
  },
  {
    name: 'provider libraries absent',
    tree: {
      ...SOUND,
      [`${ENGINE_FOLDER}/libonnxruntime_providers_shared.so`]: null,
      [`${ENGINE_FOLDER}/${PROVIDER}`]: null,
    },
    verdict: {
      code: 'artifact-missing',
      message: `onnxruntime-node 1.30.0 is installed without its CUDA provider: \`libonnxruntime_providers_shared.so\` and \`${PROVIDER}\` are not in \`${ENGINE_FOLDER}\`.`,
      remedy: INSTALL,
    },
  },
  {
    name: 'provider library cut off by a broken download',
    tree: {
      ...SOUND,
      [`${ENGINE_FOLDER}/${PROVIDER}`]: (SOUND[`${ENGINE_FOLDER}/${PROVIDER}`] as Uint8Array).subarray(
        0,
        150,
      ),
    },
    verdict: {
      code: 'artifact-missing',
      message: `\`${ENGINE_FOLDER}/${PROVIDER}\` of onnxruntime-node 1.30.0 cannot be loaded: it ends inside its program headers.`,
      remedy: INSTALL,
    },
  },
  {
    name: 'provider library for another processor',
    tree: { ...SOUND, [`${ENGINE_FOLDER}/${PROVIDER}`]: elfFile({ machine: 183 }) },
    verdict: {
      code: 'artifact-missing',
      message: `\`${ENGINE_FOLDER}/${PROVIDER}\` of onnxruntime-node 1.30.0 cannot be loaded: it is for another processor (arm64).`,
      remedy: INSTALL,
    },
  },
  ...EACH_ABSENT,
  {
    name: 'libstdc++ absent',
    tree: { ...withLibraries(LIBRARIES), '/usr/lib/x86_64-linux-gnu/libstdc++.so.6': null },
    verdict: {
      code: 'runtime-library-missing',
      message: `\`${PROVIDER}\` needs \`libstdc++.so.6\`, and the dynamic loader finds it nowhere.`,
      remedy: 'Install the package that brings it: `sudo apt-get install libstdc++6`.',
    },
  },
  {
    name: 'driver only',
    tree: withLibraries(['libcuda.so.1']),
    verdict: {
      code: 'runtime-library-missing',
      message: `\`${PROVIDER}\` needs \`libcublasLt.so.12\`, \`libcublas.so.12\`, \`libcufft.so.11\`, \`libcurand.so.10\` and \`libcudart.so.12\` (CUDA 12) and \`libcudnn.so.9\` (cuDNN 9), and the dynamic loader finds none of them.`,
      remedy: `${APT} cuda-libraries-12-9 libcudnn9-cuda-12\`.`,
    },
  },
  {
    name: 'wrong CUDA release',
    tree: withLibraries(['libcuda.so.1', ...CUDA_NEEDS[13]]),
    verdict: {
      code: 'runtime-library-missing',
      message: `\`${PROVIDER}\` needs \`libcublasLt.so.12\`, \`libcublas.so.12\`, \`libcufft.so.11\` and \`libcudart.so.12\` (CUDA 12), and the dynamic loader finds none of them; CUDA 13 is here and cannot stand in for them.`,
      remedy: `${APT} cuda-libraries-12-9\`.`,
    },
  },
  {
    name: 'two CUDA releases, the one that is needed incomplete',
    tree: withLibraries([...LIBRARIES.filter((name) => name !== 'libcufft.so.11'), ...CUDA_NEEDS[13]]),
    verdict: {
      code: 'runtime-library-missing',
      message: `\`${PROVIDER}\` needs \`libcufft.so.11\` (CUDA 12), and the dynamic loader finds it nowhere; CUDA 13 is here and cannot stand in for it.`,
      remedy: `${APT} cuda-libraries-12-9\`.`,
    },
  },
  {
    name: 'cuDNN 8 in place of 9, on Fedora',
    tree: {
      ...withLibraries([...LIBRARIES.filter((name) => name !== 'libcudnn.so.9'), 'libcudnn.so.8']),
      '/etc/os-release':
        'PRETTY_NAME="Fedora Linux 42 (Server Edition)"\nNAME="Fedora Linux"\nVERSION_ID=42\nID=fedora\n',
    },
    verdict: {
      code: 'runtime-library-missing',
      message: `\`${PROVIDER}\` needs \`libcudnn.so.9\` (cuDNN 9), and the dynamic loader finds it nowhere; cuDNN 8 is here and cannot stand in for it.`,
      remedy: "Install from NVIDIA's package repository: `sudo dnf install libcudnn9-cuda-12`.",
    },
  },
  {
    name: 'a library for another processor in LD_LIBRARY_PATH',
    tree: withLibraries(
      LIBRARIES.filter((name) => name !== 'libcudart.so.12'),
      { '/opt/cuda/libcudart.so.12': elfFile({ machine: 183 }) },
    ),
    environment: { LD_LIBRARY_PATH: '/opt/cuda' },
    verdict: {
      code: 'runtime-library-missing',
      message: `\`${PROVIDER}\` needs \`libcudart.so.12\` (CUDA 12), and the dynamic loader finds it nowhere; \`/opt/cuda/libcudart.so.12\` is passed over, because it is for another processor (arm64).`,
      remedy: `${APT} cuda-libraries-12-9\`.`,
    },
  },
  {
    name: 'a library of a library absent',
    tree: withLibraries(LIBRARIES, {
      '/usr/lib/x86_64-linux-gnu/libcudnn.so.9': elfFile({ needed: ['libz.so.1'] }),
    }),
    verdict: {
      code: 'runtime-library-missing',
      message: `\`${PROVIDER}\` needs \`libz.so.1\` for \`libcudnn.so.9\`, and the dynamic loader finds it nowhere.`,
      remedy: 'Install the package that brings it: `sudo apt-get install zlib1g`.',
    },
  },
  {
    name: 'driver too old for CUDA 12',
    tree: { ...SOUND, ...nvidiaDriver('470.256.02', [CARD]) },
    verdict: {
      code: 'driver-mismatch',
      message: `The NVIDIA driver is 470.256.02, and CUDA 12, for which \`${PROVIDER}\` was built, needs 525 or newer.`,
      remedy:
        "Install a newer driver from NVIDIA's repository, `sudo apt-get install cuda-drivers`, and reboot.",
    },
  },
  {
    name: 'driver too old for CUDA 13, in a container',
    tree: {
      ...withLibraries(['libcuda.so.1', ...CUDA_NEEDS[13]], engineLibraries(13)),
      ...nvidiaDriver('570.86.15', [CARD]),
      ...DOCKER,
    },
    verdict: {
      code: 'driver-mismatch',
      message: `The NVIDIA driver is 570.86.15, and CUDA 13, for which \`${PROVIDER}\` was built, needs 580 or newer.`,
      remedy:
        "Install a newer driver on the host of this container (there, from NVIDIA's repository: `sudo apt-get install cuda-drivers`), and reboot it.",
    },
  },
  {
    name: 'an old driver with the compatibility library of CUDA 13',
    tree: withLibraries(CUDA_NEEDS[13], {
      ...engineLibraries(13),
      '/usr/local/cuda-13.0/compat/libcuda.so.1': elfFile(),
    }),
    environment: { LD_LIBRARY_PATH: '/usr/local/cuda-13.0/compat' },
    verdict: null,
  },
  {
    name: "the driver's own library absent",
    tree: withLibraries(CUDA_NEEDS[12]),
    verdict: {
      code: 'runtime-library-missing',
      message: 'The NVIDIA driver is there, but the dynamic loader does not find its library `libcuda.so.1`.',
      remedy: 'Install the compute package of the driver: `sudo apt-get install libnvidia-compute-570`.',
    },
  },
  {
    name: "the driver's own library absent from a container",
    tree: { ...withLibraries(CUDA_NEEDS[12]), ...DOCKER },
    verdict: {
      code: 'runtime-library-missing',
      message: 'The NVIDIA driver is there, but the dynamic loader does not find its library `libcuda.so.1`.',
      remedy:
        'Start the container with `-e NVIDIA_DRIVER_CAPABILITIES=compute,utility`, which hands the library in.',
    },
  },
  {
    name: 'nouveau in place of the driver of NVIDIA',
    tree: {
      ...Object.fromEntries(Object.entries(SOUND).filter(([file]) => !file.startsWith('/proc/driver/'))),
      ...NO_NODES,
      '/sys/bus/pci/devices/0000:01:00.0/driver': { link: '../../../bus/pci/drivers/nouveau' },
    },
    verdict: {
      code: 'driver-mismatch',
      message:
        "The bus lists an NVIDIA GPU, but it is bound to `nouveau`; CUDA works with NVIDIA's own driver only.",
      remedy: "Install NVIDIA's driver from its repository, `sudo apt-get install cuda-drivers`, and reboot.",
    },
  },
  {
    name: 'a container without device nodes',
    tree: { ...SOUND, ...NO_NODES, ...DOCKER },
    verdict: {
      code: 'hardware-absent',
      message:
        'The NVIDIA driver lists NVIDIA GeForce RTX 3090, but this container (`docker`) has no `/dev/nvidia0` or the like, so nothing in it can reach the GPU.',
      remedy: GPUS,
    },
  },
  {
    name: "a container without the driver's control nodes",
    tree: { ...SOUND, '/dev/nvidiactl': null, '/dev/nvidia-uvm': null, ...DOCKER },
    verdict: {
      code: 'hardware-absent',
      message:
        'The NVIDIA driver lists NVIDIA GeForce RTX 3090, but this container (`docker`) has `/dev/nvidia0` without `/dev/nvidiactl` and `/dev/nvidia-uvm`, and CUDA cannot start without them.',
      remedy: GPUS,
    },
  },
  { name: 'a container with everything', tree: { ...SOUND, ...DOCKER }, verdict: null },
  {
    name: 'no GPU',
    tree: { ...PLAIN_LINUX, ...systemLibraries(LIBRARIES), ...engineLibraries(12) },
    verdict: {
      code: 'hardware-absent',
      message: 'There is no NVIDIA GPU on the bus, and no NVIDIA driver lists one.',
      remedy:
        'Run on a machine with an NVIDIA GPU, or choose a backend that this machine can run, for instance `--backend cpu`.',
    },
  },
  {
    name: 'musl',
    tree: {
      ...SOUND,
      '/proc/self/maps': '7f00-7f01 r-xp 00000000 08:01 1    /lib/ld-musl-x86_64.so.1\n',
      '/lib/apk/db/installed': 'P:musl\nV:1.2.5-r9\n',
    },
    verdict: {
      code: 'platform-unsupported',
      message:
        'onnxruntime-node 1.30.0 is built for glibc, and this system (Alpine or a relative) has musl 1.2.5.',
      remedy: 'Use an image with glibc, such as `node:24-bookworm-slim`.',
    },
  },
  {
    name: 'arm64',
    tree: SOUND,
    arch: 'arm64',
    verdict: {
      code: 'platform-unsupported',
      message: "The engine's npm build for linux `arm64` has no CUDA; only the one for x64 has.",
      remedy: 'Use `--backend cpu` here, or run on an x64 machine with an NVIDIA GPU.',
    },
  },
  { name: 'WSL 2', tree: wsl(CUDA_NEEDS[12], {}), verdict: null },
  {
    name: 'WSL 2 without CUDA',
    tree: wsl([], {}),
    verdict: {
      code: 'runtime-library-missing',
      message: `\`${PROVIDER}\` needs \`libcublasLt.so.12\`, \`libcublas.so.12\`, \`libcufft.so.11\`, \`libcurand.so.10\` and \`libcudart.so.12\` (CUDA 12) and \`libcudnn.so.9\` (cuDNN 9), and the dynamic loader finds none of them.`,
      remedy: `${APT} cuda-libraries-12-9 libcudnn9-cuda-12\`.`,
    },
  },
  {
    name: 'WSL 2 without the driver of Windows',
    tree: wsl(CUDA_NEEDS[12], { '/usr/lib/wsl/lib/libcuda.so.1': null }),
    verdict: {
      code: 'hardware-absent',
      message:
        '`/dev/dxg` offers some GPU, but there is no `libcuda.so.1`, which the NVIDIA driver of Windows provides.',
      remedy:
        'Install the current NVIDIA driver in Windows (none inside Linux), then restart with `wsl --shutdown`.',
    },
  },
  {
    name: 'WSL 2 without /dev/dxg',
    tree: wsl(CUDA_NEEDS[12], { '/dev/dxg': null }),
    verdict: {
      code: 'hardware-absent',
      message: 'This is WSL 2, but there is no `/dev/dxg`, through which it offers GPUs.',
      remedy:
        'Run `wsl --update` in Windows, install the NVIDIA driver there, and restart with `wsl --shutdown`.',
    },
  },
  ...(
    [
      ['', 'is set to nothing, which hides every GPU from CUDA'],
      ['-1', 'is `-1`, which hides every GPU from CUDA'],
      ['7', 'is `7`, whose first entry names no GPU of the 1 here'],
    ] as const
  ).map(([value, message]): CudaSituation => ({
    name: `CUDA_VISIBLE_DEVICES=${value}`,
    tree: SOUND,
    environment: { CUDA_VISIBLE_DEVICES: value },
    verdict: { code: 'hardware-absent', message: `\`CUDA_VISIBLE_DEVICES\` ${message}.`, remedy: UNSET },
  })),
];
