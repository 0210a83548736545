import { describe, expect, it } from 'vitest';
import { testProcess } from '../__fixtures__/machine-tree.ts';
import type { HostFacts } from '../host-facts.ts';
import { readHostFacts } from '../read-host-facts.ts';
import type { CommandResult, RunCommand } from './run-command.ts';

// In the form in which sysctl(8) and sw_vers(1) print; sysctl exits with 1 for the keys that are missing.
const M4_MAX = [
  'machdep.cpu.brand_string: Apple M4 Max',
  'hw.optional.arm.FEAT_BF16: 1',
  'hw.optional.arm.FEAT_SME2: 1',
  'hw.optional.arm.FEAT_PACIMP: 0',
  'hw.optional.arm64: 1',
  'hw.optional.neon: 1',
  'hw.memsize: 68719476736',
  'hw.physicalcpu: 16',
  'hw.logicalcpu: 16',
  'hw.model: Mac16,5',
  'kern.osrelease: 24.1.0',
  'kern.hv_vmm_present: 0',
  'sysctl.proc_translated: 0',
].join('\n');

const INTEL = [
  'machdep.cpu.brand_string: Intel(R) Core(TM) i9-9880H CPU @ 2.30GHz',
  'machdep.cpu.vendor: GenuineIntel',
  'machdep.cpu.features: FPU SSE4.2 AVX1.0',
  'machdep.cpu.leaf7_features: AVX2 BMI1',
  'hw.optional.avx2_0: 1',
  'hw.memsize: 17179869184',
  'hw.physicalcpu: 8',
  'hw.logicalcpu: 16',
  'hw.model: MacBookPro16,1',
  'kern.osrelease: 23.6.0',
  'kern.hv_vmm_present: 0',
].join('\n');

const VERSIONS = 'ProductName:\t\tmacOS\nProductVersion:\t\t15.1.1\nBuildVersion:\t\t24B91\n';

function answers(sysctl: Partial<CommandResult>, versions: Partial<CommandResult> = {}): RunCommand {
  return (file) =>
    Promise.resolve(
      file.endsWith('sysctl')
        ? { stdout: '', failure: '`/usr/sbin/sysctl` exited with 1', ...sysctl }
        : { stdout: VERSIONS, failure: null, ...versions },
    );
}

function read(run: RunCommand, arch: string): Promise<HostFacts> {
  return readHostFacts({ platform: 'darwin', process: testProcess({ arch }), environment: {}, run });
}

describe('readHostFacts on macOS', () => {
  it('describes Apple silicon', async () => {
    const facts = await read(answers({ stdout: M4_MAX }), 'arm64');
    expect(facts.os).toMatchObject({
      platform: 'darwin',
      name: { value: 'macOS' },
      version: { value: '15.1.1', source: 'sw_vers' },
      build: { value: '24B91' },
      kernel: { value: '24.1.0' },
    });
    expect(facts.cpu).toMatchObject({
      model: { value: 'Apple M4 Max', source: 'sysctl machdep.cpu.brand_string' },
      vendor: { value: 'Apple' },
      machineArch: { value: 'arm64' },
      logicalCores: { value: 16 },
      physicalCores: { value: 16 },
      features: { value: ['arm.FEAT_BF16', 'arm.FEAT_SME2', 'arm64', 'neon'] },
    });
    expect(facts.memory).toMatchObject({
      totalBytes: { value: 68_719_476_736 },
      limitBytes: { value: null },
    });
    expect(facts.environment).toMatchObject({
      rosetta: { value: false },
      vm: { value: null },
      wsl: { value: null },
    });
    expect(facts.accelerators).toMatchObject({
      known: true,
      value: [
        { kind: 'gpu', vendor: 'Apple', name: 'Apple M4 Max GPU', integrated: true, busId: null },
        { kind: 'npu', vendor: 'Apple', name: 'Apple M4 Max Neural Engine', integrated: true },
      ],
      source: expect.stringContaining('machdep.cpu.brand_string'),
    });
    expect(facts.nvidia).toMatchObject({ driverVersion: { value: null }, gpus: { value: [] } });
    expect(facts.libc.known).toBe(false);
    expect(facts.vulkanDrivers.known).toBe(false);
  });

  it('tells an x64 process on Apple silicon from an Intel Mac', async () => {
    const translated = M4_MAX.replace('proc_translated: 0', 'proc_translated: 1');
    const rosetta = await read(answers({ stdout: translated }), 'x64');
    expect(rosetta.environment.rosetta).toMatchObject({ known: true, value: true });
    expect(rosetta.cpu.machineArch).toMatchObject({ known: true, value: 'arm64' });
    expect(rosetta.os.arch).toBe('x64');
    // sysctl answers for its own process; what the chip says settles it either way.
    expect((await read(answers({ stdout: M4_MAX }), 'x64')).environment.rosetta).toMatchObject({
      value: true,
    });
  });

  it('describes an Intel Mac and does not guess its graphics', async () => {
    const facts = await read(answers({ stdout: INTEL }), 'x64');
    expect(facts.cpu).toMatchObject({
      vendor: { value: 'GenuineIntel' },
      machineArch: { value: 'x64' },
      features: { value: ['FPU', 'SSE4.2', 'AVX1.0', 'AVX2', 'BMI1'] },
    });
    expect(facts.environment.rosetta).toMatchObject({ known: true, value: false });
    expect(facts.accelerators).toMatchObject({ known: false, why: expect.stringContaining('i9-9880H') });
    expect(facts.nvidia.driverVersion.known).toBe(false);
  });

  it('does not promise the parts of the chip to a virtual machine', async () => {
    const guest = M4_MAX.replace('present: 0', 'present: 1').replace('Mac16,5', 'VirtualMac2,1');
    const facts = await read(answers({ stdout: guest }), 'arm64');
    expect(facts.environment.vm).toMatchObject({ known: true, value: 'apple' });
    expect(facts.accelerators.known).toBe(false);
  });

  it('keeps what one command told when the other one hung', async () => {
    const late = { stdout: '', failure: '`/usr/sbin/sysctl` was ended after 2000 ms' };
    const facts = await read(answers(late), 'arm64');
    expect(facts.os.version).toMatchObject({ known: true, value: '15.1.1' });
    expect(facts.os.kernel).toMatchObject({ known: true, source: 'os.release()' });
    for (const fact of [facts.cpu.model, facts.memory.totalBytes, facts.environment.vm, facts.accelerators]) {
      expect(fact).toMatchObject({ known: false, why: expect.stringContaining('ended after 2000 ms') });
    }
    expect(facts.environment.rosetta).toMatchObject({ known: true, value: false });
  });

  it('gives the reason for every gap of nonsense', async () => {
    const facts = await read(
      answers({ stdout: 'hw.memsize: much\n\0\n: :\n' }, { stdout: 'hello' }),
      'arm64',
    );
    expect(facts.memory.totalBytes).toEqual({ known: false, why: 'sysctl hw.memsize is not a number' });
    expect(facts.os.name).toEqual({ known: false, why: 'sw_vers prints no ProductName' });
    expect(facts.cpu.model).toEqual({ known: false, why: 'sysctl has no machdep.cpu.brand_string' });
  });
});
