import { MACHINE_NAMES, type MachineName } from './machine-names.ts';

/** A machine that comes with this package, in one line. */
export interface MachineDescription {
  readonly name: MachineName;
  /** What sets the machine apart, without a full stop. */
  readonly description: string;
}

const DESCRIPTIONS: Readonly<Record<MachineName, string>> = {
  'mac-m4-max': 'Apple M4 Max on macOS 26.4',
  'mac-intel': 'Intel MacBook Pro with a Radeon GPU on macOS 14.5',
  'mac-m1-macos13': 'Apple M1 on macOS 13.0',
  'linux-plain': 'Debian 12 server without an accelerator',
  'linux-nvidia': 'Ubuntu 24.04 with a GeForce RTX 3090, CUDA 12 and cuDNN 9',
  'linux-nvidia-driver-only':
    'Ubuntu 22.04 with a GeForce RTX 4090 and its driver, without CUDA runtime libraries',
  'linux-nvidia-container': 'CUDA container whose NVIDIA card has no device nodes and no libcuda',
  'linux-intel-igpu-npu': 'Intel Core Ultra laptop with Arc graphics and an NPU',
  'linux-intel-plus-nvidia': 'Laptop with Intel graphics and a GeForce RTX 4050, CUDA 12 and cuDNN 9',
  'linux-lavapipe': 'Debian 12 server whose only Vulkan driver is the software rasteriser lavapipe',
  'linux-alpine': 'Alpine Linux 3.22 container (musl)',
  'linux-arm64': 'Raspberry Pi 5 with Debian 12',
  'wsl2-nvidia': 'Ubuntu 22.04 in WSL 2 with a GeForce RTX 4070 Laptop GPU',
  'windows-nvidia': 'Windows 11 with a GeForce RTX 5070',
  'windows-intel': 'Windows 11 with an Intel Core Ultra, Arc graphics and an NPU',
  'windows-amd': 'Windows 11 with a Radeon RX 9070',
  'windows-arm64': 'Windows 11 on a Snapdragon X Plus',
};

/** Every machine that comes with this package, in the order of {@link MACHINE_NAMES}. */
export function describeMachines(): readonly MachineDescription[] {
  return MACHINE_NAMES.map((name) => ({ name, description: DESCRIPTIONS[name] }));
}
