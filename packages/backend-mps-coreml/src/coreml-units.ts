import type { DeviceKind } from '@switchyard/core';

/** Sets of compute units that CoreML can be limited to, the default first: each is a device of this backend. */
export const COREML_UNITS = ['all', 'cpuAndGPU', 'cpuAndNeuralEngine', 'cpuOnly'] as const;

export type CoreMlUnits = (typeof COREML_UNITS)[number];

/** The kind of device that a set is asked for; CoreML may still compute on the CPU within each of them. */
export const KIND_OF_UNITS: Readonly<Record<CoreMlUnits, DeviceKind>> = {
  all: 'gpu',
  cpuAndGPU: 'gpu',
  cpuAndNeuralEngine: 'npu',
  cpuOnly: 'cpu',
};

/** The set behind a device id such as `coreml:all`, or `null` for another backend's device. */
export function unitsOfDevice(id: string): CoreMlUnits | null {
  return COREML_UNITS.find((units) => id === `coreml:${units}`) ?? null;
}
