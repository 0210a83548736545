import type { DeviceV1, Fact } from '@switchyard/core';
import type { CompiledModel, Core, NodeAddon } from 'openvino-node';
import { saidText } from './openvino-error.ts';
import { kindOf } from './openvino-target.ts';

/** Devices as the loaded engine lists them, with what it would not tell. */
export interface OpenvinoDevices {
  /** Discrete GPUs, other GPUs, NPUs, the CPU. */
  readonly devices: readonly DeviceV1[];
  /** The names as OpenVINO gave them, those that are left out of `devices` included. */
  readonly names: readonly string[];
  /** One sentence for each fact that stayed unknown. */
  readonly unknowns: readonly string[];
}

/**
 * One device property as text. The binding answers `undefined` for C++ types that it cannot
 * convert: that is "not known", never an empty value.
 */
function readDeviceProperty(core: Core, device: string, property: string): Fact<string> {
  try {
    const value: unknown = core.getProperty(device, property);
    if (typeof value === 'string' && value.trim() !== '')
      return { known: true, value: value.trim(), source: property };
    return {
      known: false,
      why: `${property} of ${device} is not known: openvino-node gave ${value === undefined ? 'undefined' : `\`${JSON.stringify(value)}\``}.`,
    };
  } catch (error) {
    return { known: false, why: `${property} of ${device} is not known: ${saidText(error)}.` };
  }
}

/** Names of the properties that a device says it has, or `null` where it does not say. */
export function readSupportedProperties(core: Core, device: string): readonly string[] | null {
  try {
    // Declared as a single value; the binding returns an array for a list of property names.
    const value: unknown = core.getProperty(device, 'SUPPORTED_PROPERTIES');
    return Array.isArray(value) && value.length > 0 ? value.map(String) : null;
  } catch {
    // The binding's only way to say that it cannot tell.
    return null;
  }
}

/** Describes one device by what the engine says about it. `null` for plugins other than CPU, GPU and NPU. */
export function describeDevice(
  core: Core,
  name: string,
  id: string,
): { device: DeviceV1; unknowns: string[] } | null {
  const kind = kindOf(name);
  if (kind === null) return null;
  const fullName = readDeviceProperty(core, name, 'FULL_DEVICE_NAME');
  const type = readDeviceProperty(core, name, 'DEVICE_TYPE');
  const word = type.known ? type.value.toLowerCase() : '';
  const device: DeviceV1 = {
    id,
    name: fullName.known ? fullName.value : name,
    kind,
    // The GPU and NPU plugins list Intel hardware only ("GPU Device" and "NPU Device" in its documentation).
    software: false,
    ...(kind !== 'cpu' && (word === 'integrated' || word === 'discrete')
      ? { integrated: word === 'integrated' }
      : {}),
  };
  return { device, unknowns: [fullName, type].flatMap((fact) => (fact.known ? [] : [fact.why])) };
}

/** Sorts as the predicate does: discrete GPU, other GPU, NPU, CPU; names decide within a group. */
function preference(device: DeviceV1): number {
  if (device.kind === 'gpu') return device.integrated === true ? 1 : 0;
  return device.kind === 'npu' ? 2 : 3;
}

/** Asks the loaded engine for its devices. Throws what the engine throws when it cannot list them. */
export function listOpenvinoDevices(library: NodeAddon): OpenvinoDevices {
  const core = new library.Core();
  const names = core.getAvailableDevices();
  const gpus = names.filter((name) => kindOf(name) === 'gpu');
  const described = names.flatMap((name) => {
    const shown = gpus.length === 1 && name === 'GPU.0' ? 'GPU' : name;
    return describeDevice(core, name, `openvino:${shown}`) ?? [];
  });
  const devices = described.map((one) => one.device);
  devices.sort((left, right) => preference(left) - preference(right) || (left.id < right.id ? -1 : 1));
  return { devices, names, unknowns: described.flatMap((one) => one.unknowns) };
}

/**
 * The devices that a compiled model runs on, in OpenVINO's own names. openvino-node declares the
 * property as a single value, but returns a list for those plugins that keep one.
 */
export function readExecutionDevices(compiled: CompiledModel): Fact<readonly string[]> {
  let value: unknown;
  try {
    value = compiled.getProperty('EXECUTION_DEVICES');
  } catch (error) {
    return { known: false, why: `EXECUTION_DEVICES could not be read: ${saidText(error)}` };
  }
  const words = Array.isArray(value)
    ? value.map(String)
    : typeof value === 'string'
      ? value.split(/[\s,]+/)
      : [];
  const names = words.map((word) => word.trim()).filter((word) => word !== '');
  if (names.length > 0) return { known: true, value: names, source: 'EXECUTION_DEVICES' };
  return { known: false, why: `EXECUTION_DEVICES is ${value === undefined ? 'undefined' : 'empty'}` };
}
