import type { DeviceV1 } from '@switchyard/core';
import type { CompiledModel, Core } from 'openvino-node';
import { describeDevice, readExecutionDevices } from './openvino-devices.ts';
import { engineError } from './openvino-reason.ts';
import { isSameDevice, type OpenvinoTarget } from './openvino-target.ts';

/** Reads back what the model was compiled for, and throws unless that is what was asked for. */
export function readBack(
  core: Core,
  compiled: CompiledModel,
  target: OpenvinoTarget,
  asked: DeviceV1,
): { device: DeviceV1; executionDevices: readonly string[] } {
  const fact = readExecutionDevices(compiled);
  const remedy = 'Nothing was run. Report this with the output of `switchyard doctor --json`.';
  if (!fact.known) {
    const message = `The model was compiled for \`${target.name}\`, but OpenVINO does not say where it runs: ${fact.why}.`;
    throw engineError('device-unknown', message, fact.why, remedy);
  }
  const executionDevices = fact.value;
  const several = target.family === 'AUTO' || target.family === 'MULTI' || target.family === 'HETERO';
  // AUTO puts the CPU in brackets while it only helps out; that would be the start on CPU that was switched off.
  const wrong = several
    ? executionDevices.filter(
        (name) =>
          name.startsWith('(') ||
          (target.members.length > 0 && !target.members.some((member) => isSameDevice(member, name))),
      )
    : executionDevices.filter((name) => !isSameDevice(target.name, name));
  if (wrong.length > 0 || (!several && executionDevices.length !== 1)) {
    const message = `OpenVINO device \`${target.name}\` was asked for, and the model was compiled for ${executionDevices.map((name) => `\`${name}\``).join(', ')}.`;
    throw engineError('device-unknown', message, executionDevices, remedy);
  }
  const first = executionDevices[0] ?? target.name;
  const described = describeDevice(core, first, asked.id)?.device ?? { ...asked, name: first };
  const device = several
    ? { ...described, name: `${target.name} on ${executionDevices.join(', ')}` }
    : described;
  return { device, executionDevices };
}
