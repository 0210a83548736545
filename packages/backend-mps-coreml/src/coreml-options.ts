import {
  EngineError,
  SettingsError,
  checkOptions,
  makeReason,
  type DeviceV1,
  type OptionSchemaV1,
  type OptionValuesV1,
} from '@switchyard/core';
import { ORT_SESSION_OPTIONS } from '@switchyard/ort-host';
import type { CoreMlChoice } from './coreml-flags.ts';
import { COREML_UNITS, unitsOfDevice } from './coreml-units.ts';

/** Options of this backend alone; the shared session options come on top. */
const COREML_OPTIONS: OptionSchemaV1 = {
  units: {
    type: 'enum',
    values: COREML_UNITS,
    description:
      'Compute units that CoreML may use. It says the same as the device (`coreml:cpuAndGPU`) and is refused when the ' +
      'two differ. Fewer units make results and timings steadier; `all` lets CoreML move work between them unseen.',
  },
  modelFormat: {
    type: 'enum',
    values: ['neuralNetwork', 'mlProgram'],
    default: 'neuralNetwork',
    description:
      'Format that the graph is translated to. `mlProgram` covers other operators and fixes the precision of every ' +
      'value in the model; `neuralNetwork` is older, lacks newer operators, and leaves the precision to the compute unit.',
  },
  staticShapesOnly: {
    type: 'boolean',
    default: false,
    description:
      'Takes only nodes whose input shapes are fixed. It avoids recompiling per shape, and leaves every node of a ' +
      'dynamic part to the CPU. Refused together with `modelFormat: mlProgram`.',
  },
  subgraphs: {
    type: 'boolean',
    default: false,
    description:
      'Also takes nodes inside `If`, `Loop` and `Scan`. Each body becomes a CoreML model of its own, so that opening ' +
      'takes longer and every iteration crosses a border.',
  },
};

/** The closed schema: options of CoreML and the session options that every ONNX Runtime backend shares. */
export const OPTIONS: OptionSchemaV1 = { ...ORT_SESSION_OPTIONS, ...COREML_OPTIONS };

/**
 * Checks option values and splits them into what CoreML is asked for and what the session gets. The
 * device says which units; an option that says otherwise throws a `SettingsError` (`conflict`), and so
 * does (`invalid-value`) whatever is not in the schema.
 */
export function readOptions(
  values: OptionValuesV1,
  device: DeviceV1,
): { readonly choice: CoreMlChoice; readonly session: OptionValuesV1 } {
  const units = unitsOfDevice(device.id);
  if (units === null)
    throw new EngineError({
      backend: 'mps-coreml',
      reason: makeReason(
        'device-unknown',
        `\`${device.id}\` is not a device of the \`mps-coreml\` backend.`,
        { device: device.id },
        `Name one of ${COREML_UNITS.map((name) => `\`coreml:${name}\``).join(', ')}.`,
      ),
    });
  const checked = checkOptions(OPTIONS, values, 'backend `mps-coreml`');
  const asked = checked['units'];
  if (asked !== undefined && asked !== units)
    throw new SettingsError(
      'conflict',
      `The option \`units\` is \`${asked}\`, but the device is \`${device.id}\`; they are two words for one thing.`,
      { source: 'units', remedy: `Leave out \`units\`, or choose the device \`coreml:${asked}\`.` },
    );
  const session = Object.fromEntries(
    Object.entries(checked).filter(([name]) => !Object.hasOwn(COREML_OPTIONS, name)),
  );
  return {
    choice: {
      units,
      modelFormat: checked['modelFormat'] === 'mlProgram' ? 'mlProgram' : 'neuralNetwork',
      staticShapesOnly: checked['staticShapesOnly'] === true,
      subgraphs: checked['subgraphs'] === true,
    },
    session,
  };
}
