import { describe, expect, it } from 'vitest';
import { NVIDIA_DESKTOP, NVIDIA_DRIVER, PLAIN, x64CpuInfo } from './__fixtures__/linux-machines.ts';
import {
  elfHeader,
  machineTree,
  pciDevice,
  testProcess,
  type TreeEntries,
} from './__fixtures__/machine-tree.ts';
import type { Fact, HostFacts } from './host-facts.ts';
import type { ProcessView } from './process-view.ts';
import { readHostFacts } from './read-host-facts.ts';

async function read(
  tree: TreeEntries,
  changes: { readonly process?: Partial<ProcessView>; readonly environment?: Record<string, string> } = {},
): Promise<HostFacts> {
  await using machine = await machineTree(tree);
  return await readHostFacts({
    root: machine.root,
    platform: 'linux',
    process: testProcess(changes.process),
    environment: changes.environment ?? {},
  });
}

function valueOf<T>(fact: Fact<T>): T {
  if (!fact.known) throw new Error(`The fact should be known, and is not: ${fact.why}.`);
  return fact.value;
}

function armProcessor(index: number): string {
  return `processor\t: ${index}\nFeatures\t: fp asimd evtstrm\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n`;
}

describe('readHostFacts on Linux', () => {
  it('describes a plain machine, where absent hardware is known to be absent', async () => {
    const facts = await read(PLAIN);
    expect(facts.os).toEqual({
      platform: 'linux',
      arch: 'x64',
      name: { known: true, value: 'Debian GNU/Linux 12 (bookworm)', source: '/etc/os-release' },
      version: { known: true, value: '12', source: '/etc/os-release' },
      build: { known: false, why: '/etc/os-release has no BUILD_ID' },
      kernel: { known: true, value: '6.1.0-18-amd64', source: '/proc/sys/kernel/osrelease' },
    });
    expect(valueOf(facts.libc)).toEqual({ flavour: 'glibc', version: '2.36' });
    expect(facts.node).toEqual({ version: '24.1.0', napi: '10' });
    expect(valueOf(facts.cpu.model)).toBe('13th Gen Intel(R) Core(TM) i7-1365U');
    expect(valueOf(facts.cpu.vendor)).toBe('GenuineIntel');
    expect(valueOf(facts.cpu.machineArch)).toBe('x64');
    expect(valueOf(facts.cpu.logicalCores)).toBe(4);
    expect(valueOf(facts.cpu.physicalCores)).toBe(2);
    expect(valueOf(facts.cpu.features)).toEqual(['fpu', 'lm', 'sse2', 'avx', 'avx2']);
    expect(valueOf(facts.memory.totalBytes)).toBe(16_384_000 * 1024);
    expect(valueOf(facts.memory.limitBytes)).toBeNull();
    expect(valueOf(facts.environment.rosetta)).toBe(false);
    expect(valueOf(facts.environment.wsl)).toBeNull();
    expect(valueOf(facts.environment.container)).toBeNull();
    expect(valueOf(facts.environment.vm)).toBeNull();
    expect(valueOf(facts.accelerators)).toEqual([]);
    expect(valueOf(facts.deviceNodes)).toEqual([]);
    expect(valueOf(facts.nvidia.driverVersion)).toBeNull();
    expect(valueOf(facts.nvidia.gpus)).toEqual([]);
    expect(valueOf(facts.vulkanDrivers)).toEqual([]);
    expect(valueOf(facts.libraries)).toEqual([]);
    expect(facts.provenance.kind).toBe('recorded');
  });

  it('describes an NVIDIA desktop: bus, driver, nodes in natural order, libraries that are really there', async () => {
    const facts = await read(NVIDIA_DESKTOP);
    expect(valueOf(facts.accelerators)).toEqual([
      {
        kind: 'gpu',
        vendor: 'NVIDIA',
        vendorId: '10de',
        deviceId: '2684',
        busId: '0000:01:00.0',
        name: 'NVIDIA GeForce RTX 4090',
        driver: 'nvidia',
        integrated: false,
      },
    ]);
    expect(valueOf(facts.nvidia.driverVersion)).toBe('570.86.15');
    expect(valueOf(facts.nvidia.gpus)).toEqual([
      {
        index: 0,
        name: 'NVIDIA GeForce RTX 4090',
        uuid: 'GPU-5f0a1c2e-1111-2222-3333-444455556666',
        busId: '0000:01:00.0',
      },
    ]);
    expect(valueOf(facts.deviceNodes)).toEqual([
      '/dev/dri/card0',
      '/dev/dri/renderD128',
      '/dev/nvidia0',
      '/dev/nvidia2',
      '/dev/nvidia10',
      '/dev/nvidia-uvm',
      '/dev/nvidiactl',
    ]);
    // cuDNN is in the cache and not on the disk; the 32-bit libcuda is for other processes.
    expect(valueOf(facts.libraries)).toEqual([
      { name: 'libcublasLt.so.12', path: '/opt/cuda-12.8/lib64/libcublasLt.so.12' },
      { name: 'libcuda.so.1', path: '/lib/x86_64-linux-gnu/libcuda.so.1' },
      { name: 'libcudart.so.12', path: '/opt/cuda-12.8/lib64/libcudart.so.12' },
    ]);
  });

  it('tells a driver without device nodes, as in a container that was given no GPU', async () => {
    const facts = await read({ ...PLAIN, ...NVIDIA_DRIVER, '/.dockerenv': '' });
    expect(valueOf(facts.nvidia.driverVersion)).toBe('570.86.15');
    expect(valueOf(facts.deviceNodes)).toEqual([]);
    expect(valueOf(facts.environment.container)).toBe('docker');
  });

  it('does not take nouveau for the NVIDIA driver', async () => {
    const facts = await read({
      ...PLAIN,
      ...pciDevice('0000:01:00.0', { class: '030000', vendor: '10de', device: '2684', driver: 'nouveau' }),
      '/dev/dri/card0': '',
    });
    expect(valueOf(facts.accelerators)).toMatchObject([{ vendor: 'NVIDIA', driver: 'nouveau', name: null }]);
    expect(valueOf(facts.nvidia.driverVersion)).toBeNull();
    expect(valueOf(facts.nvidia.gpus)).toEqual([]);
  });

  it('lists the integrated GPU and the NPU of an Intel machine', async () => {
    const facts = await read({
      ...PLAIN,
      ...pciDevice('0000:00:02.0', { class: '030000', vendor: '8086', device: '7d55', driver: 'i915' }),
      ...pciDevice('0000:00:0b.0', { class: '120000', vendor: '8086', device: '7d1d', driver: 'intel_vpu' }),
      ...pciDevice('0000:03:00.0', { class: '030000', vendor: '8086', device: '56a0', driver: 'xe' }),
      '/dev/accel/accel0': '',
      '/dev/dri/renderD128': '',
    });
    expect(valueOf(facts.accelerators)).toMatchObject([
      { kind: 'gpu', vendor: 'Intel', busId: '0000:00:02.0', driver: 'i915', integrated: true },
      { kind: 'npu', vendor: 'Intel', deviceId: '7d1d', driver: 'intel_vpu', integrated: true },
      { kind: 'gpu', vendor: 'Intel', busId: '0000:03:00.0', driver: 'xe', integrated: false },
    ]);
    expect(valueOf(facts.deviceNodes)).toEqual(['/dev/accel/accel0', '/dev/dri/renderD128']);
  });

  it('does not judge by addresses inside a virtual machine', async () => {
    const facts = await read({
      ...PLAIN,
      '/proc/cpuinfo': x64CpuInfo(' hypervisor'),
      '/sys/class/dmi/id/product_name': 'VMware20,1\n',
      ...pciDevice('0000:00:02.0', { class: '030000', vendor: '8086', device: '7d55', driver: 'i915' }),
    });
    expect(valueOf(facts.environment.vm)).toBe('vmware');
    expect(valueOf(facts.accelerators)).toMatchObject([{ integrated: null }]);
  });

  it('tells AMD neural processors, Instinct GPUs and adapters that it cannot place', async () => {
    const facts = await read({
      ...PLAIN,
      ...pciDevice('0000:05:00.0', { class: '030000', vendor: '1002', device: '15bf', driver: 'amdgpu' }),
      ...pciDevice('0000:06:00.0', { class: '120000', vendor: '1002', device: '74a1', driver: 'amdgpu' }),
      ...pciDevice('0000:07:00.1', { class: '118000', vendor: '1022', device: '1502', driver: 'amdxdna' }),
      ...pciDevice('0000:07:00.2', { class: '118000', vendor: '8086', device: 'a71d' }),
      ...pciDevice('0000:08:00.0', { class: '030200', vendor: 'abcd', device: '0001' }),
    });
    expect(valueOf(facts.accelerators)).toMatchObject([
      { kind: 'gpu', vendor: 'AMD', integrated: null },
      { kind: 'gpu', vendor: 'AMD', deviceId: '74a1', integrated: null },
      { kind: 'npu', vendor: 'AMD', driver: 'amdxdna', integrated: true },
      { kind: 'gpu', vendor: 'abcd', driver: null, integrated: null },
    ]);
  });

  it('knows WSL 2 and that the NVIDIA driver of Windows has no files in it', async () => {
    const facts = await read(
      {
        ...PLAIN,
        '/proc/sys/kernel/osrelease': '5.15.167.4-microsoft-standard-WSL2\n',
        '/proc/cpuinfo': x64CpuInfo(' hypervisor'),
        '/dev/dxg': '',
        '/usr/lib/wsl/lib/libcuda.so.1': elfHeader(),
        ...pciDevice('1111:00:00.0', { class: '030200', vendor: '1414', device: '008e', driver: 'dxgkrnl' }),
      },
      { environment: { LD_LIBRARY_PATH: '/usr/lib/wsl/lib' } },
    );
    expect(valueOf(facts.environment.wsl)).toBe(2);
    expect(valueOf(facts.environment.vm)).toBe('hyperv');
    expect(valueOf(facts.deviceNodes)).toEqual(['/dev/dxg']);
    expect(valueOf(facts.accelerators)).toMatchObject([{ vendor: 'Microsoft', driver: 'dxgkrnl' }]);
    expect(facts.nvidia.driverVersion).toMatchObject({
      known: false,
      why: expect.stringContaining('Windows'),
    });
    expect(facts.nvidia.gpus.known).toBe(false);
    expect(valueOf(facts.libraries)).toEqual([
      { name: 'libcuda.so.1', path: '/usr/lib/wsl/lib/libcuda.so.1' },
    ]);
    expect(facts.variables).toEqual({ LD_LIBRARY_PATH: '/usr/lib/wsl/lib' });
  });

  it('counts a library of WSL only where the loader looks', async () => {
    const facts = await read({ ...PLAIN, '/dev/dxg': '', '/usr/lib/wsl/lib/libcuda.so.1': elfHeader() });
    expect(valueOf(facts.libraries)).toEqual([]);
  });

  it('knows WSL 1 by its kernel', async () => {
    const facts = await read({ ...PLAIN, '/proc/sys/kernel/osrelease': '4.4.0-19041-Microsoft\n' });
    expect(valueOf(facts.environment.wsl)).toBe(1);
  });

  it('tells musl from glibc by the loader that is mapped', async () => {
    const facts = await read(
      {
        ...PLAIN,
        '/etc/os-release': 'NAME="Alpine Linux"\nVERSION_ID=3.21.0\nPRETTY_NAME="Alpine Linux v3.21"\n',
        '/proc/self/maps': '7f00-7f01 r-xp 00000000 08:01 1    /lib/ld-musl-x86_64.so.1\n',
        '/lib/apk/db/installed':
          'C:Q1abc=\nP:busybox\nV:1.37.0-r8\n\nC:Q1def=\nP:musl\nV:1.2.5-r8\nA:x86_64\n\n',
        // With gcompat the loader of glibc is on the disk as well.
        '/lib64/ld-linux-x86-64.so.2': elfHeader(),
        '/usr/local/lib/libopenvino.so.2026.0.0': elfHeader(),
        '/lib64/libvulkan.so.1': elfHeader(),
      },
      { process: { glibcVersion: () => null } },
    );
    expect(valueOf(facts.libc)).toEqual({ flavour: 'musl', version: '1.2.5' });
    expect(valueOf(facts.os.version)).toBe('3.21.0');
    // musl does not look into /lib64.
    expect(valueOf(facts.libraries)).toEqual([
      { name: 'libopenvino.so.2026.0.0', path: '/usr/local/lib/libopenvino.so.2026.0.0' },
    ]);
  });

  it('reads an arm64 machine, whose cpuinfo has other keys and whose topology is in /sys', async () => {
    const facts = await read(
      {
        ...PLAIN,
        '/proc/cpuinfo': `${armProcessor(0)}\n${armProcessor(1)}\n`,
        '/sys/devices/system/cpu/cpu0/topology/core_cpus_list': '0\n',
        '/sys/devices/system/cpu/cpu1/topology/thread_siblings_list': '1\n',
        '/sys/devices/system/cpu/cpufreq/boost': '1\n',
        '/lib/aarch64-linux-gnu/libvulkan.so.1': elfHeader(183),
        '/lib/aarch64-linux-gnu/libOpenCL.so.1': elfHeader(62),
      },
      { process: { arch: 'arm64', machine: () => 'aarch64' } },
    );
    expect(valueOf(facts.cpu.model)).toBe('Neoverse-N1');
    expect(valueOf(facts.cpu.vendor)).toBe('ARM');
    expect(valueOf(facts.cpu.machineArch)).toBe('arm64');
    expect(valueOf(facts.cpu.features)).toEqual(['fp', 'asimd', 'evtstrm']);
    expect(valueOf(facts.cpu.physicalCores)).toBe(2);
    expect(valueOf(facts.environment.vm)).toBeNull();
    expect(valueOf(facts.libraries)).toEqual([
      { name: 'libvulkan.so.1', path: '/lib/aarch64-linux-gnu/libvulkan.so.1' },
    ]);
  });

  it('lists lavapipe as a software driver', async () => {
    const facts = await read({
      ...PLAIN,
      '/usr/share/vulkan/icd.d/lvp_icd.x86_64.json': JSON.stringify({
        file_format_version: '1.0.0',
        ICD: { library_path: '/usr/lib/x86_64-linux-gnu/libvulkan_lvp.so', api_version: '1.3.289' },
      }),
    });
    expect(valueOf(facts.vulkanDrivers)).toEqual([
      { name: 'lvp_icd.x86_64', library: '/usr/lib/x86_64-linux-gnu/libvulkan_lvp.so', software: true },
    ]);
  });

  it('knows that a machine without a PCI bus has nothing on it, and guesses no other device', async () => {
    const facts = await read({
      '/sys/bus/platform/devices/gpu.0/modalias': 'of:NgpuT(null)Carm,mali-g610\n',
      '/dev/dri/renderD128': '',
    });
    expect(facts.accelerators).toMatchObject({
      known: true,
      value: [],
      source: expect.stringContaining('no PCI'),
    });
    expect(valueOf(facts.deviceNodes)).toEqual(['/dev/dri/renderD128']);
  });

  it('lists a GPU of NVIDIA on arm64 without saying whether it shares memory', async () => {
    const facts = await read({ ...PLAIN, ...NVIDIA_DRIVER }, { process: { arch: 'arm64' } });
    expect(valueOf(facts.accelerators)).toMatchObject([{ vendor: 'NVIDIA', integrated: null }]);
  });

  it('reads the open kernel module of NVIDIA, and a GPU that was not used yet', async () => {
    const facts = await read({
      ...PLAIN,
      '/proc/driver/nvidia/version':
        'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build  (dvs)\n',
      '/proc/driver/nvidia/gpus/0000:0a:00.0/information':
        'Model: \t\t NVIDIA L4\nGPU UUID: \t GPU-????????-????-????-????-????????????\nBus Location: \t 0000:0A:00.0\n',
    });
    expect(valueOf(facts.nvidia.driverVersion)).toBe('580.65.06');
    expect(valueOf(facts.nvidia.gpus)).toEqual([
      { index: 0, name: 'NVIDIA L4', uuid: null, busId: '0000:0a:00.0' },
    ]);
  });

  it('knows nothing, with a reason for everything, on a machine without a single file', async () => {
    const facts = await read({}, { process: { glibcVersion: () => null } });
    const unknowns = [
      facts.os.name,
      facts.os.kernel,
      facts.libc,
      facts.cpu.model,
      facts.cpu.features,
      facts.cpu.physicalCores,
      facts.memory.totalBytes,
      facts.memory.limitBytes,
      facts.environment.wsl,
      facts.environment.vm,
      facts.accelerators,
      facts.deviceNodes,
      facts.libraries,
    ];
    for (const fact of unknowns)
      expect(fact).toMatchObject({ known: false, why: expect.stringMatching(/\S/) });
  });

  it('keeps a broken file from touching other facts', async () => {
    const facts = await read({
      ...NVIDIA_DESKTOP,
      '/etc/os-release': 'not an assignment\n',
      '/proc/meminfo': 'MemTotal: lots\n',
      '/proc/driver/nvidia/version': 'something new\n',
      '/proc/driver/nvidia/gpus/0000:01:00.0/information': 'Nothing: here\n',
      '/etc/ld.so.cache': 'not a cache',
      '/sys/bus/pci/devices/0000:00:1f.6/class': 'network\n',
      '/proc/self/cgroup': null,
    });
    expect(facts.os.name.known).toBe(false);
    expect(facts.memory.totalBytes).toEqual({ known: false, why: '/proc/meminfo has no MemTotal' });
    expect(facts.memory.limitBytes).toMatchObject({ known: false, why: expect.stringContaining('EISDIR') });
    expect(facts.nvidia.driverVersion.known).toBe(false);
    expect(facts.nvidia.gpus.known).toBe(false);
    expect(facts.libraries).toMatchObject({
      known: true,
      source: expect.stringContaining('does not begin like'),
    });
    expect(valueOf(facts.libraries).map(({ name }) => name)).toEqual(['libcuda.so.1']);
    expect(facts.accelerators).toMatchObject({ known: true, source: expect.stringContaining('1f.6/class') });
    expect(valueOf(facts.accelerators)).toMatchObject([{ vendor: 'NVIDIA', name: null }]);
    expect(valueOf(facts.cpu.vendor)).toBe('GenuineIntel');
  });
});
