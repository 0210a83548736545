import type { AcceleratorFacts } from '@switchyard/core';
import { loadMachine } from '@switchyard/core/machines';
import { describe, expect, it } from 'vitest';
import {
  DZN,
  INTEL,
  LAVAPIPE,
  NVIDIA,
  OTHER,
  RADEON,
  VIRTIO,
  gpu,
  known,
  linuxWith,
  notKnown,
} from './__fixtures__/gpu-facts.ts';
import { webgpuPredicate } from './webgpu-predicate.ts';

const geforce = gpu('10de', 'GeForce RTX 3090');
const arc = gpu('8086', 'Arc 130V', { integrated: true });
const radeon = gpu('1002', 'Radeon RX 9070');

describe('Linux: the one device is what all drivers that have hardware agree on', () => {
  it.each([
    ['an emulation alone', linuxWith([LAVAPIPE]), { kind: 'cpu', software: true, name: /llvmpipe/ }],
    [
      'an emulation beside drivers without their GPU',
      linuxWith([RADEON, INTEL, LAVAPIPE, VIRTIO]),
      { kind: 'cpu', software: true },
    ],
    [
      'a GPU with its driver',
      linuxWith([NVIDIA], [geforce]),
      { kind: 'gpu', software: false, name: /^GeForce RTX 3090$/ },
    ],
    [
      'an integrated GPU',
      linuxWith([INTEL, RADEON, VIRTIO], [arc]),
      { software: false, integrated: true, name: /^Arc 130V$/ },
    ],
    [
      'two GPUs',
      linuxWith([INTEL, NVIDIA], [arc, geforce]),
      { software: false, name: /^Arc 130V or GeForce RTX 3090$/ },
    ],
    [
      'a GPU and an emulation',
      linuxWith([RADEON, LAVAPIPE], [radeon]),
      { kind: 'gpu', software: 'unknown', name: /Radeon RX 9070 or llvmpipe/ },
    ],
    ['a virtual GPU', linuxWith([VIRTIO], [gpu('1af4', 'Virtio GPU')]), { software: 'unknown' }],
    ['a driver that nobody knows', linuxWith([OTHER]), { software: 'unknown', name: /^Vulkan device$/ }],
    [
      'GPUs that are not known',
      linuxWith([RADEON], [], { accelerators: notKnown('no bus') }),
      { software: 'unknown' },
    ],
  ])('%s', (_, host, device) => {
    const answer = webgpuPredicate(host);
    expect(answer.eligible).toBe('yes');
    expect(answer.devices).toHaveLength(1);
    const { name, ...rest } = device as { name?: RegExp };
    expect(answer.devices[0]).toMatchObject({ id: 'webgpu:0', ...rest });
    if (name !== undefined) expect(answer.devices[0]!.name).toMatch(name);
  });

  it('says how to leave one driver where it cannot tell', () => {
    const [reason] = webgpuPredicate(linuxWith([RADEON, LAVAPIPE], [radeon])).reasons;
    expect(reason).toMatchObject({
      code: 'device-unknown',
      message: expect.stringContaining('`radeon_icd`, `lvp_icd`'),
    });
    expect(reason?.remedy).toMatch(/VK_DRIVER_FILES.*VK_LOADER_DRIVERS_DISABLE=lvp\*/);
  });

  it.each([
    ['no driver and no GPU', linuxWith([]), 'hardware-absent', /No Vulkan driver is installed, and no GPU/],
    [
      'no driver for a GPU',
      linuxWith([], [radeon]),
      'driver-mismatch',
      /No Vulkan driver is installed for Radeon/,
    ],
    [
      'drivers for other GPUs',
      linuxWith([INTEL], [geforce]),
      'driver-mismatch',
      /None of .*intel_icd.* is for GeForce/,
    ],
    [
      'drivers without a GPU',
      linuxWith([INTEL, RADEON]),
      'hardware-absent',
      /are for GPUs, and none is listed/,
    ],
    ['the driver of WSL outside it', linuxWith([DZN]), 'hardware-absent', /none is listed/],
  ])('is not there with %s', (_, host, code, message) => {
    const answer = webgpuPredicate(host);
    expect(answer).toMatchObject({ eligible: 'no', devices: [], reasons: [{ code }] });
    expect(answer.reasons[0]!.message).toMatch(message);
    expect(answer.reasons[0]!.remedy).toContain('mesa-vulkan-drivers');
  });

  it('takes the driver of WSL inside it for what it is: not known', () => {
    const environment = { ...linuxWith([]).environment, wsl: known(2 as const) };
    expect(webgpuPredicate(linuxWith([DZN], [], { environment })).devices[0]).toMatchObject({
      software: 'unknown',
    });
  });

  it('does not know what the facts do not know', () => {
    const host = linuxWith([], [], { vulkanDrivers: notKnown('not read') });
    expect(webgpuPredicate(host)).toMatchObject({
      eligible: 'unknown',
      reasons: [{ code: 'device-unknown', message: expect.stringContaining('not read.') }],
    });
    const libc = linuxWith([LAVAPIPE], [], { libc: notKnown('no report') });
    expect(webgpuPredicate(libc)).toMatchObject({ eligible: 'unknown', devices: [{ software: true }] });
  });

  it('misses the loader, but only where libraries are known', () => {
    const without = linuxWith([LAVAPIPE], [], { libraries: known([]) });
    expect(webgpuPredicate(without).blockers).toMatchObject([
      { code: 'runtime-library-missing', remedy: expect.stringContaining('libvulkan1') },
    ]);
    expect(webgpuPredicate(linuxWith([LAVAPIPE], [], { libraries: notKnown('no') })).blockers).toEqual([]);
  });
});

describe('the machines that come with core', () => {
  it.each([
    ['mac-m4-max', 'yes', false],
    ['mac-intel', 'no', null],
    ['mac-m1-macos13', 'no', null],
    ['linux-plain', 'no', null],
    ['linux-nvidia', 'yes', false],
    ['linux-nvidia-container', 'no', null],
    ['linux-intel-igpu-npu', 'yes', 'unknown'],
    ['linux-lavapipe', 'yes', true],
    ['linux-alpine', 'no', null],
    ['linux-arm64', 'no', null],
    ['wsl2-nvidia', 'unknown', null],
    ['windows-nvidia', 'yes', false],
    ['windows-intel', 'yes', false],
    ['windows-amd', 'yes', false],
    ['windows-arm64', 'yes', false],
  ] as const)('%s: %s', async (name, eligible, software) => {
    const answer = webgpuPredicate(await loadMachine(name));
    expect(answer.eligible).toBe(eligible);
    expect(answer.devices[0]?.software ?? null).toBe(software);
  });
});

describe('macOS and Windows', () => {
  const windows = {
    platform: 'win32',
    arch: 'x64',
    name: known('Windows 11 Pro'),
    version: known('10.0'),
    build: known('1'),
    kernel: known('10'),
  };
  it.each([
    ['no GPU', known<readonly AcceleratorFacts[]>([]), 'unknown', undefined],
    ['GPUs that are not known', notKnown<readonly AcceleratorFacts[]>('no wmi'), 'unknown', undefined],
    ['the emulation of Windows', known([gpu('1414', 'Microsoft Basic Render Driver')]), 'yes', 'unknown'],
    ['a GPU', known([radeon]), 'yes', false],
  ] as const)('with %s', (_, accelerators, eligible, software) => {
    const answer = webgpuPredicate(linuxWith([], [], { os: windows, accelerators }));
    expect(answer.eligible).toBe(eligible);
    expect(answer.devices[0]?.software).toBe(software);
  });

  it('does not take the GPU of a virtual machine for hardware', async () => {
    const mac = await loadMachine('mac-m4-max');
    const host = { ...mac, environment: { ...mac.environment, vm: known('apple') } };
    expect(webgpuPredicate(host).devices[0]).toMatchObject({ software: 'unknown' });
  });
});
