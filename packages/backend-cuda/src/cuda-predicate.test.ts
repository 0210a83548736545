import { REASON_CODES, type PredicateAnswerV1, type ReasonCode } from '@switchyard/core';
import { MACHINE_NAMES, loadMachine, type MachineName } from '@switchyard/core/machines';
import { describe, expect, it } from 'vitest';
import {
  CUDA_12,
  busGpu,
  driverGpu,
  known,
  notKnown,
  nvidiaFacts,
  type Parts,
} from './__fixtures__/nvidia-facts.ts';
import { cudaPredicate } from './cuda-predicate.ts';

interface Verdict {
  readonly eligible: PredicateAnswerV1['eligible'];
  readonly reasons?: readonly ReasonCode[];
  readonly blockers?: readonly ReasonCode[];
  readonly devices?: readonly string[];
}

const PLATFORM = { eligible: 'no', reasons: ['platform-unsupported'] } as const;
const ABSENT = { eligible: 'no', reasons: ['hardware-absent'] } as const;
const MACHINES: Readonly<Record<MachineName, Verdict>> = {
  'mac-m4-max': PLATFORM,
  'mac-intel': PLATFORM,
  'mac-m1-macos13': PLATFORM,
  'linux-plain': ABSENT,
  'linux-nvidia': { eligible: 'yes', devices: ['cuda:0'] },
  'linux-nvidia-driver-only': {
    eligible: 'yes',
    blockers: ['runtime-library-missing'],
    devices: ['cuda:0'],
  },
  'linux-nvidia-container': ABSENT,
  'linux-intel-igpu-npu': ABSENT,
  'linux-intel-plus-nvidia': { eligible: 'yes', devices: ['cuda:0'] },
  'linux-lavapipe': ABSENT,
  'linux-alpine': PLATFORM,
  'linux-arm64': PLATFORM,
  'wsl2-nvidia': { eligible: 'yes', devices: ['cuda:0'] },
  'windows-nvidia': PLATFORM,
  'windows-intel': PLATFORM,
  'windows-amd': PLATFORM,
  'windows-arm64': PLATFORM,
};

function verdictOf(answer: PredicateAnswerV1): Required<Verdict> {
  return {
    eligible: answer.eligible,
    reasons: answer.reasons.map(({ code }) => code),
    blockers: (answer.blockers ?? []).map(({ code }) => code),
    devices: answer.devices.map(({ id }) => id),
  };
}

function expectVerdict(answer: PredicateAnswerV1, verdict: Verdict): void {
  expect(verdictOf(answer)).toEqual({ reasons: [], blockers: [], devices: [], ...verdict });
  for (const reason of [...answer.reasons, ...(answer.blockers ?? [])]) {
    expect(Object.keys(REASON_CODES)).toContain(reason.code);
    expect(reason.message).toMatch(/\S.*\.$/);
    expect(reason.remedy).not.toBe('');
  }
}

describe('machines that come with core', () => {
  it.each(MACHINE_NAMES)('%s', async (name) => {
    expectVerdict(cudaPredicate(await loadMachine(name)), MACHINES[name]);
  });

  it('names every library that linux-nvidia-driver-only lacks, and a command', async () => {
    const [blocker] = cudaPredicate(await loadMachine('linux-nvidia-driver-only')).blockers ?? [];
    for (const family of ['libcudart', 'libcublas', 'libcublasLt', 'libcufft', 'libcudnn'])
      expect(blocker?.message).toContain(`\`${family}\``);
    expect(blocker?.remedy).toContain('apt-get install cuda-libraries-12');
  });

  it('takes the name and the driver of the device from the driver', async () => {
    expect(cudaPredicate(await loadMachine('linux-nvidia')).devices).toEqual([
      {
        id: 'cuda:0',
        name: 'NVIDIA GeForce RTX 3090',
        kind: 'gpu',
        software: false,
        integrated: false,
        driver: '595.71.05',
      },
    ]);
  });
});

const NO_BUS = { accelerators: known([]) } as const;
const NO_DRIVER = { driverVersion: known(null), gpus: known([]) } as const;
const WSL = {
  ...NO_BUS,
  wsl: known(2 as const),
  driverVersion: notKnown(),
  gpus: notKnown(),
  deviceNodes: known(['/dev/dxg']),
} as const;

const CASES: readonly (readonly [string, Parts, Verdict, RegExp | null])[] = [
  ['Windows', { platform: 'win32' }, PLATFORM, /DirectML.*WSL2/s],
  ['macOS on Apple silicon', { platform: 'darwin', machineArch: known('arm64') }, PLATFORM, /mps-coreml/],
  ['macOS on Intel', { platform: 'darwin', machineArch: known('x64') }, PLATFORM, /--backend wasm/],
  ['another system', { platform: 'freebsd' }, PLATFORM, /x64 Linux/],
  ['arm64', { arch: 'arm64' }, PLATFORM, /only the one for x64.*--backend cpu/s],
  ['another processor', { arch: 'riscv64' }, PLATFORM, /riscv64.*x64 Linux/s],
  ['musl', { libc: known({ flavour: 'musl', version: '1.2.5' }) }, PLATFORM, /musl 1\.2\.5.*bookworm/s],
  ['nothing on the bus, nothing listed', { ...NO_BUS, ...NO_DRIVER }, ABSENT, /no NVIDIA GPU on the bus/],
  [
    'nothing known',
    { accelerators: notKnown('no permission'), driverVersion: notKnown(), gpus: notKnown('no driver files') },
    { eligible: 'unknown', reasons: ['device-unknown'] },
    /no permission.*no driver files/s,
  ],
  [
    'bus not known, driver lists nothing: another driver may hold the GPU',
    { accelerators: notKnown(), ...NO_DRIVER },
    { eligible: 'unknown', reasons: ['device-unknown'] },
    /lists no GPU/,
  ],
  [
    'toolkit variables without hardware',
    { ...NO_BUS, ...NO_DRIVER, variables: { CUDA_PATH: '/usr/local/cuda', CUDA_HOME: '/usr/local/cuda' } },
    ABSENT,
    /no NVIDIA GPU/,
  ],
  [
    'a device node alone proves nothing',
    {
      accelerators: notKnown(),
      gpus: notKnown(),
      driverVersion: notKnown(),
      deviceNodes: known(['/dev/nvidia0']),
    },
    { eligible: 'unknown', reasons: ['device-unknown'] },
    /not known/,
  ],
  [
    'listed by the driver, bus not known',
    { accelerators: notKnown() },
    { eligible: 'yes', devices: ['cuda:0'] },
    null,
  ],
  [
    'on the bus with a node, driver files not known',
    { accelerators: known([busGpu('nvidia')]), gpus: notKnown(), driverVersion: notKnown() },
    { eligible: 'yes', devices: ['cuda:0'] },
    null,
  ],
  [
    'on the bus, nodes and driver files not known',
    {
      accelerators: known([busGpu('nvidia')]),
      gpus: notKnown(),
      driverVersion: notKnown(),
      deviceNodes: notKnown(),
    },
    { eligible: 'unknown', reasons: ['device-unknown'] },
    /device node is not known/,
  ],
  [
    'a container without nodes',
    { container: known('docker'), deviceNodes: known([]) },
    ABSENT,
    /`docker`.*--gpus all.*Container Toolkit/s,
  ],
  [
    'a container without nodes that sees the bus only',
    { container: known('podman'), deviceNodes: known([]), accelerators: known([busGpu(null)]), ...NO_DRIVER },
    ABSENT,
    /`podman`/,
  ],
  [
    'a container on a host with nouveau: the host needs a driver first',
    {
      container: known('docker'),
      deviceNodes: known([]),
      accelerators: known([busGpu('nouveau')]),
      ...NO_DRIVER,
    },
    { eligible: 'yes', blockers: ['driver-mismatch'], devices: ['cuda:0'] },
    /nouveau/,
  ],
  [
    'a container with nodes',
    { container: known('docker'), deviceNodes: known(['/dev/nvidia0', '/dev/nvidiactl', '/dev/nvidia-uvm']) },
    { eligible: 'yes', devices: ['cuda:0'] },
    null,
  ],
  [
    'a container without the memory node of the driver',
    { container: known('docker'), deviceNodes: known(['/dev/nvidia0', '/dev/nvidiactl']) },
    ABSENT,
    /`\/dev\/nvidia0` without `\/dev\/nvidia-uvm`, and CUDA cannot start without it/,
  ],
  [
    'no container, driver loaded, node not made yet',
    { deviceNodes: known([]) },
    { eligible: 'yes', reasons: ['device-unknown'], devices: ['cuda:0'] },
    /nvidia-modprobe/,
  ],
  [
    'nouveau',
    { accelerators: known([busGpu('nouveau')]), deviceNodes: known(['/dev/dri/card0']), ...NO_DRIVER },
    { eligible: 'yes', blockers: ['driver-mismatch'], devices: ['cuda:0'] },
    /bound to `nouveau`.*Install NVIDIA's driver/s,
  ],
  [
    'no driver',
    { accelerators: known([busGpu(null)]), deviceNodes: known([]), ...NO_DRIVER },
    { eligible: 'yes', blockers: ['driver-mismatch'], devices: ['cuda:0'] },
    /no driver is bound/,
  ],
  [
    'no driver and no libraries: both are said',
    { accelerators: known([busGpu(null)]), deviceNodes: known([]), ...NO_DRIVER, libraries: [] },
    { eligible: 'yes', blockers: ['driver-mismatch', 'runtime-library-missing'], devices: ['cuda:0'] },
    /no driver is bound/,
  ],
  [
    'an NVIDIA audio function or NPU is no GPU',
    { accelerators: known([{ ...busGpu('nvidia'), kind: 'npu' as const }]), ...NO_DRIVER },
    ABSENT,
    /no NVIDIA GPU/,
  ],
  [
    'WSL 2 with the driver of Windows',
    { ...WSL, libraries: CUDA_12 },
    { eligible: 'yes', devices: ['cuda:0'] },
    null,
  ],
  ['WSL 2 without libcuda', { ...WSL, libraries: [] }, ABSENT, /libcuda\.so\.1.*in Windows/s],
  [
    'WSL 2, libraries not known',
    { ...WSL, libraries: notKnown('ld.so.cache is unreadable') },
    { eligible: 'unknown', reasons: ['device-unknown'] },
    /ld\.so\.cache is unreadable/,
  ],
  ['WSL 2 without /dev/dxg', { ...WSL, deviceNodes: known([]) }, ABSENT, /wsl --update/],
  [
    'a container in WSL 2 without /dev/dxg',
    { ...WSL, deviceNodes: known([]), container: known('docker') },
    ABSENT,
    /--gpus all/,
  ],
  [
    'WSL 2, nodes not known',
    { ...WSL, deviceNodes: notKnown('no /dev') },
    { eligible: 'unknown', reasons: ['device-unknown'] },
    /no \/dev/,
  ],
  ['WSL 1', { ...WSL, wsl: known(1 as const), deviceNodes: known([]) }, ABSENT, /--set-version/],
  [
    'WSL or not is not known, /dev/dxg is there',
    { ...WSL, wsl: notKnown(), libraries: CUDA_12 },
    { eligible: 'yes', devices: ['cuda:0'] },
    null,
  ],
  [
    'WSL or not is not known, nor the nodes',
    { ...WSL, wsl: notKnown(), deviceNodes: notKnown() },
    { eligible: 'unknown', reasons: ['device-unknown'] },
    /proves nothing under WSL/,
  ],
  [
    'libraries not known',
    { libraries: notKnown('no cache') },
    { eligible: 'yes', reasons: ['device-unknown'], devices: ['cuda:0'] },
    /no cache/,
  ],
  ['hidden by -1', { variables: { CUDA_VISIBLE_DEVICES: '-1' } }, ABSENT, /`CUDA_VISIBLE_DEVICES` is `-1`/],
  [
    'hidden by nothing',
    { variables: { CUDA_VISIBLE_DEVICES: '' } },
    ABSENT,
    /`CUDA_VISIBLE_DEVICES` is set to nothing/,
  ],
  [
    'hidden by a wrong number',
    { variables: { CUDA_VISIBLE_DEVICES: '3' } },
    ABSENT,
    /names no GPU of the 1 here/,
  ],
  [
    'hidden, whatever the hardware is',
    { accelerators: notKnown(), gpus: notKnown(), variables: { CUDA_VISIBLE_DEVICES: '-1' } },
    ABSENT,
    /`CUDA_VISIBLE_DEVICES`/,
  ],
  [
    'one of two shown',
    {
      gpus: known([driverGpu(0, 'NVIDIA A100'), driverGpu(1, 'NVIDIA A100')]),
      deviceNodes: known(['/dev/nvidia0', '/dev/nvidia1']),
      variables: { CUDA_VISIBLE_DEVICES: '1' },
    },
    { eligible: 'yes', reasons: ['hardware-absent'], devices: ['cuda:0'] },
    /CUDA shows 1 of 2 GPUs/,
  ],
];

describe('every branch', () => {
  it.each(CASES)('%s', (_name, parts, verdict, text) => {
    const answer = cudaPredicate(nvidiaFacts(parts));
    expectVerdict(answer, verdict);
    if (text !== null) {
      const [reason] = [...(answer.blockers ?? []), ...answer.reasons];
      expect(`${reason?.message} ${reason?.remedy}`).toMatch(text);
    }
  });
});
