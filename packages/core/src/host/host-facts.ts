/**
 * One thing about the machine: a value with where it was read, or why it is not known.
 * Absent hardware is a known, empty value (`{ known: true, value: [] }`), never an unknown one.
 */
export type Fact<T> =
  | { readonly known: true; readonly value: T; readonly source: string }
  | { readonly known: false; readonly why: string };

/** Operating system as Node names it, with what distinguishes its versions. */
export interface OsFacts {
  /** `process.platform`: `linux`, `darwin`, `win32`. */
  readonly platform: string;
  /** Architecture of this Node process (`process.arch`): `x64`, `arm64`. Under Rosetta it is not the machine's. */
  readonly arch: string;
  /** Name for people: `Debian GNU/Linux 12 (bookworm)`, `macOS`, `Windows 11 Pro`. */
  readonly name: Fact<string>;
  /** Version of the system: `12`, `15.1.1`, `10.0.26100`. */
  readonly version: Fact<string>;
  /** Build of the system where it has one: `24B91`, `26100.2314`. */
  readonly build: Fact<string>;
  /** Kernel release: `6.1.0-18-amd64`, `24.1.0`. */
  readonly kernel: Fact<string>;
}

/** The C library that native code was linked against, on Linux. */
export interface LibcFacts {
  readonly flavour: 'glibc' | 'musl';
  /** `2.36`, `1.2.5`. */
  readonly version: string;
}

/** The Node process that will load native code. */
export interface NodeFacts {
  /** Without the leading `v`: `24.21.0`. */
  readonly version: string;
  /** Node-API version: `9`. */
  readonly napi: string;
}

export interface CpuFacts {
  /** Marketing name: `Apple M4 Max`, `13th Gen Intel(R) Core(TM) i7-1365U`. */
  readonly model: Fact<string>;
  /** `GenuineIntel`, `AuthenticAMD`, `Apple`, `ARM`, … */
  readonly vendor: Fact<string>;
  /** Architecture of the processor itself, also when Node runs translated. */
  readonly machineArch: Fact<string>;
  /** Logical processors that this process may use. */
  readonly logicalCores: Fact<number>;
  readonly physicalCores: Fact<number>;
  /** Instruction sets in the system's own spelling: `avx2`, `avx512f`, `asimd`. */
  readonly features: Fact<readonly string[]>;
}

export interface MemoryFacts {
  /** Physical memory in bytes. */
  readonly totalBytes: Fact<number>;
  /** Memory limit of the container or control group in bytes; `null` when there is none. */
  readonly limitBytes: Fact<number | null>;
}

/** What stands between this process and the machine. */
export interface EnvironmentKindFacts {
  /** An x64 process translated on Apple silicon. */
  readonly rosetta: Fact<boolean>;
  /** Windows Subsystem for Linux: its version, or `null` outside it. */
  readonly wsl: Fact<1 | 2 | null>;
  /** Container engine (`docker`, `podman`, `kubernetes`, `lxc`, `container` when it does not say), or `null`. */
  readonly container: Fact<string | null>;
  /** Hypervisor (`kvm`, `vmware`, `apple`, `vm` when it does not say), or `null` on bare metal. */
  readonly vm: Fact<string | null>;
}

/** A display adapter or an accelerator, as the bus lists it. */
export interface AcceleratorFacts {
  readonly kind: 'gpu' | 'npu';
  /** `NVIDIA`, `Intel`, `AMD`, `Apple`, or the vendor id where it has no name here. */
  readonly vendor: string;
  /** PCI vendor id as four hexadecimal digits, or `null` where the device is not on PCI. */
  readonly vendorId: string | null;
  /** PCI device id as four hexadecimal digits, or `null` where the device is not on PCI. */
  readonly deviceId: string | null;
  /** PCI address (`0000:01:00.0`) or another stable bus name; `null` where there is none. */
  readonly busId: string | null;
  /** Product name, or `null` where the bus gives only ids. */
  readonly name: string | null;
  /** Kernel driver bound to it (`nvidia`, `i915`, `xe`, `nouveau`, `amdgpu`, `intel_vpu`), or `null` for none. */
  readonly driver: string | null;
  /** Shares memory with the CPU; `null` where the bus does not tell. */
  readonly integrated: boolean | null;
}

export interface NvidiaGpuFacts {
  readonly index: number;
  readonly name: string;
  /** `GPU-…`, or `null` where it was not read. */
  readonly uuid: string | null;
  readonly busId: string | null;
}

/** What the NVIDIA driver says of itself, read from its files. */
export interface NvidiaFacts {
  /** `570.86.15`; `null` when no NVIDIA driver is loaded. */
  readonly driverVersion: Fact<string | null>;
  /** GPUs that the driver lists. */
  readonly gpus: Fact<readonly NvidiaGpuFacts[]>;
}

/** One Vulkan driver manifest (ICD) that the loader would find. */
export interface VulkanDriverFacts {
  /** File name without `.json`: `lvp_icd.x86_64`. */
  readonly name: string;
  /** Shared library that it names. */
  readonly library: string;
  /** `true` for rasterisers that run on the CPU (lavapipe, SwiftShader). */
  readonly software: boolean | 'unknown';
}

/** A shared library that the loader would find, of the kinds that backends need. */
export interface LibraryFacts {
  /** File name with its version: `libcudart.so.12`. */
  readonly name: string;
  readonly path: string;
}

/** Where the facts come from as a whole. */
export interface Provenance {
  /** `live` was read just now, `recorded` was read on a real machine, `documented` was put together from public material. */
  readonly kind: 'live' | 'recorded' | 'documented';
  /** One sentence about the machine and about how the facts were obtained. */
  readonly description: string;
}

/**
 * Everything that selection may know about a machine: JSON, versioned, replayable anywhere.
 * Made by `readHostFacts()` and by nothing else in a running program.
 */
export interface HostFacts {
  readonly schema: 1;
  readonly provenance: Provenance;
  readonly os: OsFacts;
  /** Only Linux has a choice of C libraries; elsewhere it is not known, with the reason. */
  readonly libc: Fact<LibcFacts>;
  readonly node: NodeFacts;
  readonly cpu: CpuFacts;
  readonly memory: MemoryFacts;
  readonly environment: EnvironmentKindFacts;
  /** GPUs and NPUs on the bus. */
  readonly accelerators: Fact<readonly AcceleratorFacts[]>;
  /** Device nodes that drivers made: `/dev/nvidia0`, `/dev/dxg`, `/dev/dri/renderD128`, `/dev/accel/accel0`. */
  readonly deviceNodes: Fact<readonly string[]>;
  readonly nvidia: NvidiaFacts;
  readonly vulkanDrivers: Fact<readonly VulkanDriverFacts[]>;
  readonly libraries: Fact<readonly LibraryFacts[]>;
  /** Variables that change what engines see, as they are set: `CUDA_VISIBLE_DEVICES`, `VK_DRIVER_FILES`, … */
  readonly variables: Readonly<Record<string, string>>;
}
