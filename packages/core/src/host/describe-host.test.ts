import { expect, it } from 'vitest';
import { NVIDIA_DESKTOP } from './__fixtures__/linux-machines.ts';
import { machineTree, testProcess } from './__fixtures__/machine-tree.ts';
import { describeHost } from './describe-host.ts';
import { readHostFacts } from './read-host-facts.ts';

it('describes a machine with the source of every value and the reason for every gap', async () => {
  await using machine = await machineTree(NVIDIA_DESKTOP);
  const facts = await readHostFacts({
    root: machine.root,
    platform: 'linux',
    process: testProcess(),
    environment: { CUDA_VISIBLE_DEVICES: '0' },
  });
  expect(describeHost(facts)).toMatchInlineSnapshot(`
    "System
      platform: linux x64
      name: Debian GNU/Linux 12 (bookworm) [/etc/os-release]
      version: 12 [/etc/os-release]
      build: unknown (/etc/os-release has no BUILD_ID)
      kernel: 6.1.0-18-amd64 [/proc/sys/kernel/osrelease]
      C library: glibc 2.36 [/proc/self/maps and the process report]
      Node: 24.1.0, Node-API 10

    Processor
      model: 13th Gen Intel(R) Core(TM) i7-1365U [/proc/cpuinfo]
      vendor: GenuineIntel [/proc/cpuinfo]
      architecture: x64 [uname]
      logical cores: 4 [os.availableParallelism()]
      physical cores: 2 [/proc/cpuinfo]
      features: fpu lm sse2 avx avx2 [/proc/cpuinfo]

    Memory
      total: 15.6 GiB [/proc/meminfo]
      limit: none [memory.max of this process's control groups]

    Environment
      Rosetta: no [the platform is linux; translation inside a Linux virtual machine on a Mac is not looked for]
      WSL: no [/proc/sys/kernel/osrelease]
      container: none [no trace of a container engine in /run/.containerenv, /.dockerenv, /run/systemd/container, /proc/1/cgroup, /proc/1/environ]
      virtual machine: none [/proc/cpuinfo, no flag \`hypervisor\`]

    Accelerators
      devices: 1 [/sys/bus/pci/devices]
        gpu NVIDIA GeForce RTX 4090, 10de:2684, 0000:01:00.0, driver nvidia, discrete
      device nodes: 7 [/dev, /dev/accel and /dev/dri]
        /dev/dri/card0
        /dev/dri/renderD128
        /dev/nvidia0
        /dev/nvidia2
        /dev/nvidia10
        /dev/nvidia-uvm
        /dev/nvidiactl

    NVIDIA
      driver: 570.86.15 [/proc/driver/nvidia/version]
      GPUs: 1 [/proc/driver/nvidia/gpus]
        0: NVIDIA GeForce RTX 4090, 0000:01:00.0, GPU-5f0a1c2e-1111-2222-3333-444455556666

    Vulkan
      drivers: none [vulkan/icd.d in the standard places of the Vulkan loader]

    Libraries
      found: 3 [/etc/ld.so.cache, the default directories of glibc]
        libcublasLt.so.12: /opt/cuda-12.8/lib64/libcublasLt.so.12
        libcuda.so.1: /lib/x86_64-linux-gnu/libcuda.so.1
        libcudart.so.12: /opt/cuda-12.8/lib64/libcudart.so.12

    Variables
      CUDA_VISIBLE_DEVICES=0

    Provenance
      recorded: Read for linux x64 with these parts given in place of the machine's own: root, platform, process."
  `);
});

it('says that a machine without a reader is unknown, and why', async () => {
  const facts = await readHostFacts({ platform: 'aix', process: testProcess(), environment: {} });
  const text = describeHost(facts);
  expect(text).toContain('  model: unknown (there is no reader for the platform aix)');
  expect(text).toContain('Variables\n  none set');
});
