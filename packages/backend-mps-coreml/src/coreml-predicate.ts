import type { DeviceV1, HostFacts, PredicateAnswerV1, Reason } from '@switchyard/core';
import { coremlPlatform } from './coreml-platform.ts';
import { COREML_UNITS, KIND_OF_UNITS } from './coreml-units.ts';
import { makeReason } from './make-reason.ts';

/** Decides from recorded facts alone whether CoreML can be used here. Pure and total. */
export function coremlPredicate(host: HostFacts): PredicateAnswerV1 {
  const platform = coremlPlatform(host);
  if (platform.eligible === 'no') return { eligible: 'no', reasons: platform.reasons, devices: [] };
  const virtual = virtualMachine(host);
  return {
    eligible: platform.eligible,
    reasons: virtual === null ? platform.reasons : [...platform.reasons, virtual],
    devices: coremlDevices(host, virtual !== null),
  };
}

function coremlDevices(host: HostFacts, virtual: boolean): readonly DeviceV1[] {
  const name = host.cpu.model.known ? host.cpu.model.value : 'Apple silicon';
  return COREML_UNITS.map((units) => ({
    id: `coreml:${units}`,
    name,
    kind: KIND_OF_UNITS[units],
    software: virtual && units !== 'cpuOnly' ? 'unknown' : false,
    integrated: true,
  }));
}

/** A guest may have no GPU and has no Neural Engine; CoreML then computes on the CPU and says nothing. */
function virtualMachine(host: HostFacts): Reason | null {
  const { vm } = host.environment;
  const named = host.cpu.model.known && /\bvirtual\b/i.test(host.cpu.model.value);
  if (!named && (!vm.known || vm.value === null)) return null;
  const hypervisor = vm.known && vm.value !== null ? ` (\`${vm.value}\`)` : '';
  return makeReason(
    'device-unknown',
    `This macOS runs in a virtual machine${hypervisor}: whether CoreML reaches a GPU or Neural Engine there is not known.`,
    {
      'environment.vm': vm.known ? vm.value : vm.why,
      'cpu.model': host.cpu.model.known ? host.cpu.model.value : host.cpu.model.why,
    },
    'Run on the Mac itself, or name the device (`--device coreml:all`) to use it as it is.',
  );
}
