import { known, unknown } from '../fact.ts';
import type { CpuFacts, Fact } from '../host-facts.ts';
import { required, requiredNumber, type Sysctl } from './sysctl.ts';

/** The processor from sysctl(8). */
export function readMacosCpu(sysctl: Sysctl, arch: string): CpuFacts {
  const model = required(sysctl, 'machdep.cpu.brand_string');
  const machineArch = readMachineArch(sysctl, arch);
  return {
    model,
    vendor: readVendor(sysctl, model),
    machineArch,
    logicalCores: requiredNumber(sysctl, 'hw.logicalcpu'),
    physicalCores: requiredNumber(sysctl, 'hw.physicalcpu'),
    features: readFeatures(sysctl, machineArch),
  };
}

/** Whether an x64 process is translated: `hw.optional.arm64` is 1 on Apple silicon, also for such a process. */
export function readRosetta(sysctl: Sysctl, arch: string): Fact<boolean> {
  if (arch !== 'x64') return known(false, `process.arch is ${arch}`);
  const translated = sysctl.read('sysctl.proc_translated');
  if (translated.known && translated.value === '1') return known(true, translated.source);
  const arm = sysctl.read('hw.optional.arm64');
  return arm.known ? known(arm.value === '1', arm.source) : arm;
}

function readMachineArch(sysctl: Sysctl, arch: string): Fact<string> {
  if (arch === 'arm64') return known('arm64', 'process.arch, for no other Mac runs arm64 code');
  const arm = sysctl.read('hw.optional.arm64');
  if (!arm.known) return arm;
  return known(arm.value === '1' ? 'arm64' : 'x64', arm.source);
}

function readVendor(sysctl: Sysctl, model: Fact<string>): Fact<string> {
  // Only Intel Macs have the key; under Rosetta it is there too and names the processor that is imitated.
  if (model.known && /^(Virtual)?Apple\b/.test(model.value)) return known('Apple', model.source);
  return required(sysctl, 'machdep.cpu.vendor');
}

function readFeatures(sysctl: Sysctl, machineArch: Fact<string>): Fact<readonly string[]> {
  if (!machineArch.known) return machineArch;
  if (machineArch.value === 'arm64') {
    const prefix = 'hw.optional.';
    const names = [...sysctl.below(prefix)]
      .filter(([, value]) => value === '1')
      .map(([key]) => key.slice(prefix.length));
    return names.length === 0 ? unknown('sysctl hw.optional lists none') : known(names, 'sysctl hw.optional');
  }
  const basic = required(sysctl, 'machdep.cpu.features');
  if (!basic.known) return basic;
  const leaf = sysctl.read('machdep.cpu.leaf7_features');
  const text = leaf.known && leaf.value !== null ? `${basic.value} ${leaf.value}` : basic.value;
  return known(text.split(/\s+/), 'sysctl machdep.cpu.features and machdep.cpu.leaf7_features');
}
