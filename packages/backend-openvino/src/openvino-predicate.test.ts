import { MACHINE_NAMES, loadMachine, type MachineName } from '@switchyard/core/machines';
import type { HostFacts } from '@switchyard/core';
import { describe, expect, it } from 'vitest';
import {
  ALL_UNKNOWN,
  DISCRETE,
  INTEGRATED,
  LINUX,
  NPU,
  NVIDIA,
  host,
  os,
  withAccelerators,
} from './__fixtures__/host.ts';
import { openvinoPredicate } from './openvino-predicate.ts';

const unknown = { known: false, why: 'it was not read' } as const;

function known<Value>(value: Value): { known: true; value: Value; source: string } {
  return { known: true, value, source: 'constructed for a test' };
}

function ids(facts: HostFacts): string[] {
  return openvinoPredicate(facts).devices.map((device) => device.id);
}

function codes(facts: HostFacts): string[] {
  return openvinoPredicate(facts).reasons.map((reason) => reason.code);
}

describe('platforms', () => {
  it.each([
    ['linux', 'x64'],
    ['linux', 'arm64'],
    ['win32', 'x64'],
    ['darwin', 'arm64'],
  ])('has a build for %s %s', (platform, arch) => {
    expect(openvinoPredicate(host(os(platform, arch)))).toMatchObject({ eligible: 'yes', reasons: [] });
    expect(ids(host(os(platform, arch)))).toEqual(['openvino:CPU']);
  });

  it.each([
    ['win32', 'arm64'],
    ['darwin', 'x64'],
    ['linux', 'riscv64'],
    ['freebsd', 'x64'],
  ])('has no build for %s %s', (platform, arch) => {
    const answer = openvinoPredicate(host(os(platform, arch)));
    expect(answer).toMatchObject({
      eligible: 'no',
      devices: [],
      reasons: [{ code: 'platform-unsupported' }],
    });
    expect(answer.reasons[0]?.message).toContain(`${platform} ${arch}`);
  });

  it('has no build for musl', () => {
    const answer = openvinoPredicate(host({ libc: known({ flavour: 'musl', version: '1.2.5' }) }));
    expect(answer).toMatchObject({ eligible: 'no', reasons: [{ code: 'platform-unsupported' }] });
    expect(answer.reasons[0]?.message).toContain('musl');
  });

  it('sends a Node.js under Rosetta to the arm64 build', () => {
    const environment = { ...LINUX.environment, rosetta: known(true) };
    const answer = openvinoPredicate(host({ ...os('darwin', 'x64'), environment }));
    expect(answer).toMatchObject({ eligible: 'no', reasons: [{ remedy: expect.stringContaining('arm64') }] });
  });

  it.each([
    ['20.20.2', 'no'],
    ['21.0.0', 'yes'],
    ['24.21.0', 'yes'],
    ['next', 'unknown'],
  ])('answers for Node.js %s: %s', (version, eligible) => {
    expect(openvinoPredicate(host({ node: { version, napi: '9' } })).eligible).toBe(eligible);
  });
});

describe('devices', () => {
  it('lists discrete before integrated, NPU and CPU, with the integrated GPU as GPU.0', () => {
    const answer = openvinoPredicate(withAccelerators([NVIDIA, DISCRETE, INTEGRATED, NPU]));
    expect(answer.devices).toEqual([
      { id: 'openvino:GPU.1', name: 'Arc A770', kind: 'gpu', software: false, integrated: false },
      { id: 'openvino:GPU.0', name: 'Iris Xe', kind: 'gpu', software: false, integrated: true },
      { id: 'openvino:NPU', name: 'Intel AI Boost', kind: 'npu', software: false, integrated: true },
      { id: 'openvino:CPU', name: 'Intel(R) Core(TM) Ultra 7', kind: 'cpu', software: false },
    ]);
    expect(answer.reasons).toEqual([]);
  });

  it.each([INTEGRATED, DISCRETE])('calls a single GPU openvino:GPU: $name', (gpu) => {
    const [device] = openvinoPredicate(withAccelerators([gpu])).devices;
    expect(device).toMatchObject({ id: 'openvino:GPU', name: gpu.name, integrated: gpu.integrated });
  });

  it('starts at GPU.0 without an integrated GPU, and does not claim an order that only the driver knows', () => {
    const second = { ...DISCRETE, name: 'Arc B580' };
    const { devices } = openvinoPredicate(withAccelerators([DISCRETE, second]));
    expect(devices.map((device) => [device.id, device.name])).toEqual([
      ['openvino:GPU.0', 'Arc A770 or Arc B580'],
      ['openvino:GPU.1', 'Arc A770 or Arc B580'],
      ['openvino:CPU', 'Intel(R) Core(TM) Ultra 7'],
    ]);
  });

  it('does not say which GPU is integrated where the bus does not', () => {
    const { devices } = openvinoPredicate(withAccelerators([INTEGRATED, { ...DISCRETE, integrated: null }]));
    expect(devices.filter((device) => device.kind === 'gpu')).toEqual([
      { id: 'openvino:GPU.0', name: 'Arc A770 or Iris Xe', kind: 'gpu', software: false },
      { id: 'openvino:GPU.1', name: 'Arc A770 or Iris Xe', kind: 'gpu', software: false },
    ]);
  });

  it.each([
    ['no kernel driver', { ...INTEGRATED, driver: null }, {}, 'driver-mismatch'],
    ['a driver for virtual machines', { ...INTEGRATED, driver: 'vfio-pci' }, {}, 'driver-mismatch'],
    ['no render node', INTEGRATED, { deviceNodes: known(['/dev/dri/card0']) }, 'hardware-absent'],
    ['unknown device nodes', INTEGRATED, { deviceNodes: unknown }, 'device-unknown'],
    ['no OpenCL loader', INTEGRATED, { libraries: known([]) }, 'runtime-library-missing'],
    ['no NPU device node', NPU, { deviceNodes: known([]) }, 'hardware-absent'],
    ['no NPU driver library', NPU, { libraries: known([]) }, 'runtime-library-missing'],
  ] as const)('does not list an Intel device with %s, and says so', (_, accelerator, changes, code) => {
    const answer = openvinoPredicate(withAccelerators([accelerator], changes));
    expect(answer.devices.map((device) => device.id)).toEqual(['openvino:CPU']);
    expect(answer).toMatchObject({ eligible: 'yes', reasons: [{ code }] });
    expect(answer.reasons[0]?.message).toContain(accelerator.name);
    expect(answer.reasons[0]?.remedy).not.toBeNull();
  });

  it('does not count a GPU that cannot be used when it names the others', () => {
    expect(ids(withAccelerators([{ ...INTEGRATED, driver: null }, DISCRETE]))).toEqual([
      'openvino:GPU',
      'openvino:CPU',
    ]);
  });

  it('asks for no Linux driver on Windows, and offers only the CPU on macOS', () => {
    const gpu = { ...INTEGRATED, driver: null };
    expect(ids(host({ ...os('win32', 'x64'), accelerators: known([gpu]) }))).toEqual([
      'openvino:GPU',
      'openvino:CPU',
    ]);
    expect(ids(host({ ...os('darwin', 'arm64'), accelerators: known([gpu]) }))).toEqual(['openvino:CPU']);
  });

  it('knows the CPU where the accelerators are not known', () => {
    const facts = host({ accelerators: unknown });
    expect(ids(facts)).toEqual(['openvino:CPU']);
    expect(codes(facts)).toEqual(['device-unknown']);
  });

  it('takes no toolkit variable for a device', () => {
    const plain = openvinoPredicate(LINUX);
    const variables = { ONEAPI_ROOT: '/opt/intel/oneapi', INTEL_OPENVINO_DIR: '/opt/intel/openvino' };
    expect(openvinoPredicate(host({ variables }))).toEqual(plain);
  });
});

describe('purity and totality', () => {
  it('answers unknown with a reason when nothing is known', () => {
    const answer = openvinoPredicate(ALL_UNKNOWN);
    expect(answer).toMatchObject({ eligible: 'unknown', devices: [] });
    expect(answer.reasons).toHaveLength(1);
    const elsewhere = openvinoPredicate({ ...ALL_UNKNOWN, ...os('win32', 'x64') });
    expect(elsewhere.devices).toEqual([{ id: 'openvino:CPU', name: 'CPU', kind: 'cpu', software: false }]);
  });

  it.each(MACHINE_NAMES)(
    'answers twice the same for the frozen facts of %s, and leaves no reason empty',
    async (name) => {
      const facts = await loadMachine(name);
      const answer = openvinoPredicate(facts);
      expect(openvinoPredicate(facts)).toEqual(answer);
      for (const reason of answer.reasons) {
        expect(reason.message).toMatch(/\w.*[^.]\.$/);
        expect(reason.remedy).toMatch(/\w/);
        expect(reason.evidence.length).toBeGreaterThan(0);
      }
      if (answer.eligible === 'yes') expect(answer.devices.at(-1)?.id).toBe('openvino:CPU');
      else expect(answer.reasons.length).toBeGreaterThan(0);
    },
  );

  it.each([
    ['mac-m4-max', 'yes', ['openvino:CPU']],
    ['mac-m1-macos13', 'yes', ['openvino:CPU']],
    ['mac-intel', 'no', []],
    ['linux-plain', 'yes', ['openvino:CPU']],
    ['linux-nvidia', 'yes', ['openvino:CPU']],
    ['linux-intel-igpu-npu', 'yes', ['openvino:GPU', 'openvino:NPU', 'openvino:CPU']],
    ['linux-alpine', 'no', []],
    ['linux-arm64', 'yes', ['openvino:CPU']],
    ['windows-intel', 'yes', ['openvino:GPU', 'openvino:NPU', 'openvino:CPU']],
    ['windows-amd', 'yes', ['openvino:CPU']],
    ['windows-arm64', 'no', []],
  ] as const satisfies readonly (readonly [MachineName, string, readonly string[]])[])(
    'is right about %s',
    async (name, eligible, expected) => {
      const answer = openvinoPredicate(await loadMachine(name));
      expect(answer.eligible).toBe(eligible);
      expect(answer.devices.map((device) => device.id)).toEqual(expected);
    },
  );
});
