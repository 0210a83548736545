import { EngineError, makeReason, type OptionSchemaV1, type OptionValuesV1 } from '@switchyard/core';
import { CACHE_OPTIONS } from './openvino-cache-options.ts';
import { PROPERTIES, type OpenvinoProperty } from './openvino-properties.ts';
import type { OpenvinoTarget } from './openvino-target.ts';

/** Options of the OpenVINO backend: device properties, and the folder of compiled models. */
export const OPENVINO_OPTIONS: OptionSchemaV1 = Object.freeze({
  ...Object.fromEntries(Object.entries(PROPERTIES).map(([name, { spec }]) => [name, spec])),
  ...CACHE_OPTIONS,
});

/** A configuration object for `compileModel`: openvino-node accepts strings, numbers and booleans. */
export type OpenvinoConfig = Record<string, string | number | boolean>;

/** The OpenVINO property behind an option, or `null` for an option that is none. */
export function propertyOf(option: string): string | null {
  return Object.hasOwn(PROPERTIES, option) ? (PROPERTIES[option]?.property ?? null) : null;
}

/** A property value as text, in which OpenVINO's own values and those that were given can be compared. */
export function propertyText(value: boolean | number | string): string {
  return typeof value === 'string' ? value.toUpperCase() : String(value);
}

function mismatch(
  option: OpenvinoProperty,
  value: boolean | number | string,
  target: OpenvinoTarget,
): string | null {
  const { families, property } = option;
  if (!families.includes(target.family)) {
    return `\`${property}\` is a property of ${families.join(' and ')} devices`;
  }
  if (property === 'INFERENCE_PRECISION_HINT' && value === 'bf16' && target.family !== 'CPU') {
    return 'only the CPU device computes in bfloat16';
  }
  return null;
}

/**
 * Turns checked option values into the third argument of `compileModel`. It has to be that argument: the
 * asynchronous `compileModel` of openvino-node uses a fresh `Core`, which sees nothing that
 * `setProperty` stored in another one. Throws an `EngineError` with `invalid-value` for an option
 * that the target would ignore or refuse.
 */
export function toOpenvinoConfig(
  options: OptionValuesV1,
  target: OpenvinoTarget,
  supported: readonly string[] | null = null,
): OpenvinoConfig {
  const config: OpenvinoConfig = {};
  for (const [name, value] of Object.entries(options)) {
    const option = Object.hasOwn(PROPERTIES, name) ? PROPERTIES[name] : undefined;
    // Options of the cache are no properties.
    if (option === undefined) continue;
    const problem = mismatch(option, value, target);
    if (problem !== null) throw refuse(name, value, target, problem);
    if (supported !== null && !supported.includes(option.property)) {
      throw refuse(
        name,
        value,
        target,
        `the device does not list \`${option.property}\` among its SUPPORTED_PROPERTIES`,
      );
    }
    // The binding passes integers through a 32-bit conversion; OpenVINO parses the text itself.
    config[option.property] = typeof value === 'number' ? String(value) : value;
  }
  if (target.family === 'GPU' && config['PERFORMANCE_HINT'] === 'THROUGHPUT') {
    // Automatic batching waits for more requests, and this binding never has two under way.
    config['ALLOW_AUTO_BATCHING'] = false;
  }
  return config;
}

function refuse(
  name: string,
  value: boolean | number | string,
  target: OpenvinoTarget,
  problem: string,
): EngineError {
  return new EngineError({
    backend: 'openvino',
    reason: makeReason(
      'invalid-value',
      `Option \`${name}\` = \`${String(value)}\` cannot be used with OpenVINO device \`${target.name}\`: ${problem}.`,
      [{ path: `options.${name}`, value }],
      `Remove the option \`${name}\` or choose another device.`,
    ),
  });
}
