import {
  makeReason,
  type DeviceV1,
  type HostFacts,
  type PredicateAnswerV1,
  type Reason,
} from '@switchyard/core';
import { appleChip } from './apple-chip.ts';
import { coremlPlatform } from './coreml-platform.ts';
import { COREML_UNITS, KIND_OF_UNITS, type CoreMlUnits } from './coreml-units.ts';

/** Decides from recorded facts alone whether CoreML can be used here. Pure and total. */
export function coremlPredicate(host: HostFacts): PredicateAnswerV1 {
  const platform = coremlPlatform(host);
  if (platform.eligible === 'no') return { eligible: 'no', reasons: platform.reasons, devices: [] };
  const doubt = virtualMachine(host) ?? unknownChip(host);
  return {
    eligible: platform.eligible,
    reasons: doubt === null ? platform.reasons : [...platform.reasons, doubt.reason],
    devices: coremlDevices(host, doubt),
  };
}

/** What speaks against taking the devices for what they are elsewhere. */
interface Doubt {
  readonly reason: Reason;
  /** Sets of units that are not offered. */
  readonly without: readonly CoreMlUnits[];
  /** Sets of units of which nobody knows what is behind them. */
  readonly unknown: readonly CoreMlUnits[];
}

function coremlDevices(host: HostFacts, doubt: Doubt | null): readonly DeviceV1[] {
  const name = host.cpu.model.known ? host.cpu.model.value : 'Apple silicon';
  return COREML_UNITS.filter((units) => doubt?.without.includes(units) !== true).map((units) => ({
    id: `coreml:${units}`,
    name,
    kind: KIND_OF_UNITS[units],
    software: doubt?.unknown.includes(units) === true ? 'unknown' : false,
    integrated: true,
  }));
}

/** A guest has no Neural Engine and may have no GPU; CoreML then computes on the CPU and says nothing. */
function virtualMachine(host: HostFacts): Doubt | null {
  const { vm } = host.environment;
  const { model } = host.cpu;
  const chip = model.known ? appleChip(model.value) : null;
  const named = chip?.virtual === true || (model.known && /\bvirtual\b/i.test(model.value));
  if (!named && (!vm.known || vm.value === null)) return null;
  const hypervisor = vm.known && vm.value !== null ? ` (\`${vm.value}\`)` : '';
  const reason = makeReason(
    'device-unknown',
    `This macOS runs in a virtual machine${hypervisor}${chip === null ? '' : ` on a Mac with ${chip.family}`}: it has no Neural Engine, so that \`coreml:cpuAndNeuralEngine\` is not offered, and whether CoreML reaches a GPU there is not known.`,
    {
      'environment.vm': vm.known ? vm.value : vm.why,
      'cpu.model': model.known ? model.value : model.why,
    },
    'Run on the Mac itself, or name the device (`--device coreml:all`) to use it as it is.',
  );
  return { reason, without: ['cpuAndNeuralEngine'], unknown: ['all', 'cpuAndGPU'] };
}

/** A processor whose name says nothing of Apple's families: whether it has a Neural Engine cannot be told. */
function unknownChip(host: HostFacts): Doubt | null {
  const { model } = host.cpu;
  if (!model.known || appleChip(model.value) !== null) return null;
  const reason = makeReason(
    'device-unknown',
    `This Mac's processor calls itself \`${model.value}\`, which is none of the Apple chip families (M1 and later, A18 and its like): whether it has a Neural Engine is not known.`,
    { 'cpu.model': model.value },
    'Name the device (`--device coreml:cpuAndNeuralEngine`) if it has one; `coreml:all` and `coreml:cpuAndGPU` need none.',
  );
  return { reason, without: [], unknown: ['cpuAndNeuralEngine'] };
}
