// Constructed from the formats that the kernel and the drivers document; no file is a copy of a real machine's.
import { elfHeader, ldSoCacheBytes, pciDevice, type TreeEntries } from './machine-tree.ts';

function x64Processor(index: number, core: number, extraFlags: string): string {
  return [
    `processor\t: ${index}`,
    'vendor_id\t: GenuineIntel',
    'model name\t: 13th Gen Intel(R) Core(TM) i7-1365U',
    'physical id\t: 0',
    `core id\t\t: ${core}`,
    `flags\t\t: fpu lm sse2 avx avx2${extraFlags}`,
    '',
  ].join('\n');
}

/** `/proc/cpuinfo` of two cores with two threads each. */
export function x64CpuInfo(extraFlags = ''): string {
  return `${[0, 1, 2, 3].map((index) => x64Processor(index, index >> 1, extraFlags)).join('\n')}\n`;
}

/** A desktop with Debian and no accelerator. */
export const PLAIN: TreeEntries = {
  '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
  '/proc/sys/kernel/osrelease': '6.1.0-18-amd64\n',
  '/proc/cpuinfo': x64CpuInfo(),
  '/proc/meminfo': 'MemTotal:       16384000 kB\nMemFree:         1000000 kB\n',
  '/proc/self/cgroup': '0::/user.slice/session-2.scope\n',
  '/proc/self/maps':
    '7f00-7f01 r-xp 00000000 08:01 1    /usr/lib/x86_64-linux-gnu/libc.so.6\n7f02-7f03 r-xp 00000000 08:01 2    /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2\n',
  '/proc/1/cgroup': '0::/init.scope\n',
  '/proc/1/environ': 'HOME=/\0TERM=linux\0',
  '/sys/fs/cgroup/user.slice/memory.max': 'max\n',
  '/sys/fs/cgroup/user.slice/session-2.scope/memory.max': 'max\n',
  '/sys/class/dmi/id/product_name': '21HDCTO1WW\n',
  '/sys/class/dmi/id/sys_vendor': 'LENOVO\n',
  '/dev/null': '',
  ...pciDevice('0000:00:00.0', { class: '060000', vendor: '8086', device: 'a706' }),
  ...pciDevice('0000:00:1f.6', { class: '020000', vendor: '8086', device: '1a1c', driver: 'e1000e' }),
};

const NVIDIA_INFORMATION = [
  'Model: \t\t NVIDIA GeForce RTX 4090',
  'IRQ:   \t\t 185',
  'GPU UUID: \t GPU-5f0a1c2e-1111-2222-3333-444455556666',
  'Bus Type: \t PCIe',
  'Bus Location: \t 0000:01:00.0',
  'Device Minor: \t 0',
  '',
].join('\n');

/** The kernel's half of an NVIDIA machine: driver and bus, no device nodes and no libraries. */
export const NVIDIA_DRIVER: TreeEntries = {
  ...pciDevice('0000:01:00.0', { class: '030000', vendor: '10de', device: '2684', driver: 'nvidia' }),
  ...pciDevice('0000:01:00.1', { class: '040300', vendor: '10de', device: '22ba', driver: 'snd_hda_intel' }),
  '/proc/driver/nvidia/version':
    'NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.86.15  Fri Jan 24 21:02:55 UTC 2025\nGCC version:  gcc version 12.2.0\n',
  '/proc/driver/nvidia/gpus/0000:01:00.0/information': NVIDIA_INFORMATION,
};

/** A desktop with an NVIDIA GPU, its device nodes, the driver's libraries and the CUDA runtime in the cache. */
export const NVIDIA_DESKTOP: TreeEntries = {
  ...PLAIN,
  ...NVIDIA_DRIVER,
  '/dev/nvidia0': '',
  '/dev/nvidia10': '',
  '/dev/nvidia2': '',
  '/dev/nvidiactl': '',
  '/dev/nvidia-uvm': '',
  '/dev/nvidia-caps/nvidia-cap1': '',
  '/dev/dri/card0': '',
  '/dev/dri/renderD128': '',
  '/dev/dri/by-path/pci-0000:01:00.0-card': '',
  '/etc/ld.so.cache': ldSoCacheBytes([
    { name: 'libcudart.so.12', path: '/opt/cuda-12.8/lib64/libcudart.so.12' },
    { name: 'libcublasLt.so.12', path: '/opt/cuda-12.8/lib64/libcublasLt.so.12' },
    { name: 'libcudnn.so.9', path: '/opt/cudnn/libcudnn.so.9' },
    { name: 'libcuda.so.1', path: '/lib/i386-linux-gnu/libcuda.so.1', flags: 0x0003 },
    { name: 'libcuda.so.1', path: '/lib/x86_64-linux-gnu/libcuda.so.1' },
    { name: 'libc.so.6', path: '/lib/x86_64-linux-gnu/libc.so.6' },
  ]),
  '/opt/cuda-12.8/lib64/libcudart.so.12': elfHeader(),
  '/opt/cuda-12.8/lib64/libcublasLt.so.12': elfHeader(),
  '/lib/i386-linux-gnu/libcuda.so.1': elfHeader(3),
  '/lib/x86_64-linux-gnu/libcuda.so.1': elfHeader(),
};
