import type { PredicateAnswerV1, ReasonCode } from '@switchyard/core';
import { MACHINE_NAMES, loadMachine, type MachineName } from '@switchyard/core/machines';
import { describe, expect, it } from 'vitest';
import { known, macFacts, notKnown, type Parts } from './__fixtures__/mac-facts.ts';
import { coremlPredicate } from './coreml-predicate.ts';

interface Verdict {
  readonly eligible: PredicateAnswerV1['eligible'];
  readonly reasons: readonly ReasonCode[];
  readonly devices: number;
}

const YES: Verdict = { eligible: 'yes', reasons: [], devices: 4 };
const UNSUPPORTED: Verdict = { eligible: 'no', reasons: ['platform-unsupported'], devices: 0 };
const MACHINES: Readonly<Record<MachineName, readonly [Verdict, RegExp | null]>> = {
  'mac-m4-max': [YES, null],
  'mac-intel': [UNSUPPORTED, /Intel Mac.*--backend wasm/],
  'mac-m1-macos13': [UNSUPPORTED, /macOS 14.*this is macOS 13\.0.*Update macOS/],
  'linux-plain': [UNSUPPORTED, /part of macOS, and this is `linux`/],
  'linux-nvidia': [UNSUPPORTED, /linux/],
  'linux-nvidia-driver-only': [UNSUPPORTED, /linux/],
  'linux-nvidia-container': [UNSUPPORTED, /linux/],
  'linux-intel-igpu-npu': [UNSUPPORTED, /linux/],
  'linux-intel-plus-nvidia': [UNSUPPORTED, /linux/],
  'linux-lavapipe': [UNSUPPORTED, /linux/],
  'linux-alpine': [UNSUPPORTED, /linux/],
  'linux-arm64': [UNSUPPORTED, /linux/],
  'wsl2-nvidia': [UNSUPPORTED, /linux/],
  'windows-nvidia': [UNSUPPORTED, /win32/],
  'windows-intel': [UNSUPPORTED, /win32/],
  'windows-amd': [UNSUPPORTED, /win32/],
  'windows-arm64': [UNSUPPORTED, /win32/],
};

function expectVerdict(answer: PredicateAnswerV1, verdict: Verdict, text: RegExp | null): void {
  expect({
    eligible: answer.eligible,
    reasons: answer.reasons.map(({ code }) => code),
    devices: answer.devices.length,
  }).toEqual(verdict);
  const [reason] = answer.reasons;
  if (text === null) expect(reason).toBeUndefined();
  else expect(`${reason?.message} ${reason?.remedy}`).toMatch(text);
}

describe('machines that come with core', () => {
  it.each(MACHINE_NAMES)('%s', async (name) => {
    expectVerdict(coremlPredicate(await loadMachine(name)), ...MACHINES[name]);
  });

  it('offers the four sets of units of the M4 Max, all of them first', async () => {
    const { devices } = coremlPredicate(await loadMachine('mac-m4-max'));
    const common = { name: 'Apple M4 Max', software: false, integrated: true };
    expect(devices).toEqual([
      { id: 'coreml:all', kind: 'gpu', ...common },
      { id: 'coreml:cpuAndGPU', kind: 'gpu', ...common },
      { id: 'coreml:cpuAndNeuralEngine', kind: 'npu', ...common },
      { id: 'coreml:cpuOnly', kind: 'cpu', ...common },
    ]);
  });
});

const INTEL_NODE = { arch: 'x64' } as const;
const UNKNOWN: Verdict = { eligible: 'unknown', reasons: ['platform-unsupported'], devices: 4 };
const GUEST: Verdict = { eligible: 'yes', reasons: ['device-unknown'], devices: 3 };
const DOUBTED: Verdict = { eligible: 'yes', reasons: ['device-unknown'], devices: 4 };

const CASES: readonly (readonly [string, Parts, Verdict, RegExp | null])[] = [
  ['Rosetta', { ...INTEL_NODE, rosetta: known(true) }, UNSUPPORTED, /Rosetta translates.*Node\.js for arm64/],
  [
    'Rosetta, seen by the processor alone',
    { ...INTEL_NODE, rosetta: notKnown(), machineArch: known('arm64') },
    UNSUPPORTED,
    /Rosetta translates/,
  ],
  [
    'Intel, seen by the processor alone',
    { ...INTEL_NODE, rosetta: notKnown(), machineArch: known('x64') },
    UNSUPPORTED,
    /Intel Mac/,
  ],
  [
    'Intel, seen by Rosetta alone',
    { ...INTEL_NODE, rosetta: known(false), machineArch: notKnown() },
    UNSUPPORTED,
    /Intel Mac/,
  ],
  [
    'x64, and nothing else is known',
    { ...INTEL_NODE, rosetta: notKnown(), machineArch: notKnown() },
    UNSUPPORTED,
    /whether the Mac has Apple silicon is not known.*arm64.*wasm/,
  ],
  ['macOS 14.0, the floor', { version: known('14.0') }, YES, null],
  ['macOS 13.7', { version: known('13.7.1') }, UNSUPPORTED, /macOS 13\.7\.1/],
  ['macOS 11', { version: known('11') }, UNSUPPORTED, /macOS 11/],
  ['macOS 26', { version: known('26.1') }, YES, null],
  ['Darwin 23 is macOS 14', { version: notKnown(), kernel: known('23.0.0') }, YES, null],
  ['Darwin 22 is macOS 13', { version: notKnown(), kernel: known('22.6.0') }, UNSUPPORTED, /macOS 13/],
  ['Darwin 25 is macOS 26', { version: notKnown(), kernel: known('25.0.0') }, YES, null],
  [
    'Darwin 19 is macOS 10',
    { version: known(''), kernel: known('19.6.0') },
    UNSUPPORTED,
    /Darwin 19\.6\.0 is macOS 10/,
  ],
  [
    'no version at all',
    { version: notKnown(), kernel: notKnown() },
    UNKNOWN,
    /macOS.*not known: nobody looked/,
  ],
  ['a version that is none', { version: known('Sonoma'), kernel: known('next') }, UNKNOWN, /`Sonoma`/],
  ['a virtual machine', { vm: known('apple') }, GUEST, /virtual machine \(`apple`\) on a Mac with M4/],
  [
    'a virtual machine by the name of its processor',
    { vm: notKnown(), model: known('Apple M1 (Virtual)') },
    GUEST,
    /in a virtual machine on a Mac with M1:/,
  ],
  ['an Apple chip of a telephone', { model: known('Apple A18 Pro') }, YES, null],
  [
    'a chip that nobody knows',
    { model: known('Apple Something') },
    DOUBTED,
    /calls itself `Apple Something`.*Neural Engine/,
  ],
  ['another system', { platform: 'freebsd' }, UNSUPPORTED, /freebsd/],
];

describe('every branch', () => {
  it.each(CASES)('%s', (_name, parts, verdict, text) => {
    expectVerdict(coremlPredicate(macFacts(parts)), verdict, text);
  });

  it('does not claim real hardware inside a virtual machine', () => {
    const { devices } = coremlPredicate(macFacts({ vm: known('apple') }));
    expect(devices.map(({ id, software }) => [id, software])).toEqual([
      ['coreml:all', 'unknown'],
      ['coreml:cpuAndGPU', 'unknown'],
      ['coreml:cpuOnly', false],
    ]);
  });

  it('does not claim a Neural Engine for a chip that nobody knows', () => {
    const { devices } = coremlPredicate(macFacts({ model: known('Apple Something') }));
    expect(devices.map(({ software }) => software)).toEqual([false, false, 'unknown', false]);
  });

  it('names the device for its family when the processor is not known', () => {
    const [device] = coremlPredicate(macFacts({ model: notKnown() })).devices;
    expect(device?.name).toBe('Apple silicon');
  });
});

describe('exact sentences', () => {
  const INSTALL = 'Install Node.js for arm64 (`node -p process.arch` must print `arm64`)';
  const WASM =
    'Run `npm install @switchyard/backend-wasm` and use `--backend wasm`, which needs no native build.';
  const SENTENCES: readonly (readonly [string, Parts, string, string])[] = [
    [
      'an Intel Mac',
      { ...INTEL_NODE, rosetta: known(false), machineArch: known('x64') },
      'This is an Intel Mac; the last version of the engine with a build for it was 1.23, and its CoreML path is for Apple silicon.',
      WASM,
    ],
    [
      'Rosetta',
      { ...INTEL_NODE, rosetta: known(true) },
      'This Mac has Apple silicon, but Node.js is the x64 build, which Rosetta translates; the engine has no build for it.',
      `${INSTALL} and the packages again.`,
    ],
    [
      'an x64 Node.js on a Mac of which nothing is known',
      { ...INTEL_NODE, rosetta: notKnown(), machineArch: notKnown() },
      'This is an x64 Node.js on macOS, for which the engine has no build; whether the Mac has Apple silicon is not known.',
      `${INSTALL} if the Mac has Apple silicon. On an Intel Mac: ${WASM}`,
    ],
    [
      'macOS 13',
      { version: known('13.7.1') },
      'onnxruntime-node 1.30.0 needs macOS 14, and this is macOS 13.7.1.',
      'Update macOS to 14 or later.',
    ],
    [
      'macOS 12 by its kernel',
      { version: notKnown(), kernel: known('21.6.0') },
      "The engine's npm build needs macOS 14, and Darwin 21.6.0 is macOS 12.",
      'Update macOS to 14 or later.',
    ],
    [
      'a virtual machine',
      { vm: known('apple') },
      'This macOS runs in a virtual machine (`apple`) on a Mac with M4: it has no Neural Engine, so that `coreml:cpuAndNeuralEngine` is not offered, and whether CoreML reaches a GPU there is not known.',
      'Run on the Mac itself, or name the device (`--device coreml:all`) to use it as it is.',
    ],
  ];

  it.each(SENTENCES)('%s', (_name, parts, message, remedy) => {
    const [reason] = coremlPredicate(macFacts(parts)).reasons;
    expect({ message: reason?.message, remedy: reason?.remedy }).toEqual({ message, remedy });
  });
});
