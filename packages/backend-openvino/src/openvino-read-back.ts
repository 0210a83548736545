import type { DeviceV1, OptionValuesV1 } from '@switchyard/core';
import type { CompiledModel, Core } from 'openvino-node';
import { describeDevice, readExecutionDevices } from './openvino-devices.ts';
import { propertyOf, propertyText } from './openvino-options.ts';
import { engineError } from './openvino-error.ts';
import { isSameDevice, type OpenvinoTarget } from './openvino-target.ts';

const REPORT = 'Nothing was run. Report this with the output of `switchyard doctor --json`.';

/** Reads back what the model was compiled for, and throws unless that is exactly what was asked for. */
export function readBackDevice(
  core: Core,
  compiled: CompiledModel,
  target: OpenvinoTarget,
  asked: DeviceV1,
): { device: DeviceV1; executionDevices: readonly string[] } {
  const fact = readExecutionDevices(compiled);
  if (!fact.known) {
    const message = `The model was compiled for \`${target.name}\`, but OpenVINO does not say where it runs: ${fact.why}.`;
    throw engineError('device-unknown', message, fact.why, REPORT);
  }
  const executionDevices = fact.value;
  const [first] = executionDevices;
  if (first === undefined || executionDevices.length !== 1 || !isSameDevice(target.name, first)) {
    const message = `OpenVINO device \`${target.name}\` was asked for, and the model was compiled for ${executionDevices.map((name) => `\`${name}\``).join(', ')}.`;
    throw engineError('device-unknown', message, executionDevices, REPORT);
  }
  const device = describeDevice(core, first, asked.id)?.device ?? { ...asked, name: first };
  return { device, executionDevices };
}

/**
 * Reads back every option that a person gave, and throws where OpenVINO uses another value than it was
 * given: an option that is quietly changed is one that is ignored. What the binding cannot convert
 * (`undefined`) or the device does not tell stays unknown and is not held against it.
 */
export function readBackOptions(
  compiled: CompiledModel,
  target: OpenvinoTarget,
  options: OptionValuesV1,
): void {
  for (const [name, value] of Object.entries(options)) {
    const property = propertyOf(name);
    if (property === null) continue;
    const used = readProperty(compiled, property);
    if (used === null || used === propertyText(value)) continue;
    const message = `Option \`${name}\` = \`${String(value)}\` was asked for, and OpenVINO device \`${target.name}\` uses \`${used}\` (${property}).`;
    throw engineError('invalid-value', message, used, `Leave out \`${name}\`, or ask for \`${used}\`.`);
  }
}

function readProperty(compiled: CompiledModel, property: string): string | null {
  try {
    const value: unknown = compiled.getProperty(property);
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? propertyText(value)
      : null;
  } catch {
    // The binding's only way to say that a compiled model does not keep a property.
    return null;
  }
}

/** Whether the compiled model came out of the folder of compiled models; `null` where OpenVINO does not tell. */
export function wasLoadedFromCache(compiled: CompiledModel): boolean | null {
  const text = readProperty(compiled, 'LOADED_FROM_CACHE');
  return text === null ? null : text === 'true';
}
