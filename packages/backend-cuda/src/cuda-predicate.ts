import type { HostFacts, PredicateAnswerV1 } from '@switchyard/core';
import { cudaDevices, hidesEverything } from './cuda-devices.ts';
import { cudaHardware } from './cuda-hardware.ts';
import { cudaLibraries } from './cuda-libraries.ts';
import { cudaPlatform } from './cuda-platform.ts';

/** Decides from recorded facts whether a machine has what CUDA needs. Pure and total. */
export function cudaPredicate(host: HostFacts): PredicateAnswerV1 {
  const platform = cudaPlatform(host);
  if (platform.eligible === 'no') return { eligible: 'no', reasons: platform.reasons, devices: [] };
  const hardware = cudaHardware(host);
  if (hardware.seen !== 'yes') {
    const variable = host.variables['CUDA_VISIBLE_DEVICES']?.trim();
    if (hardware.seen === 'unknown' && (variable === '' || variable === '-1'))
      return { eligible: 'no', reasons: [hidesEverything(variable, null)], devices: [] };
    return { eligible: hardware.seen, reasons: [...hardware.reasons, ...platform.reasons], devices: [] };
  }
  const { devices, reasons } = cudaDevices(host, hardware);
  if (devices.length === 0) return { eligible: 'no', reasons, devices };
  const libraries = cudaLibraries(host, hardware.driver);
  return {
    eligible: platform.eligible,
    reasons: [...platform.reasons, ...hardware.notes, ...reasons, ...libraries.notes],
    devices,
    blockers: [...hardware.blockers, ...libraries.blockers],
  };
}
