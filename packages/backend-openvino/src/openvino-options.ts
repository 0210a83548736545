import { EngineError, type OptionSchemaV1, type OptionValuesV1 } from '@switchyard/core';
import { reason } from './openvino-reason.ts';
import type { OpenvinoTarget } from './openvino-target.ts';

/**
 * Options of the OpenVINO backend: properties that OpenVINO documents for its CPU, GPU and NPU
 * devices (docs.openvino.ai/2026, "Inference Devices and Modes", read-write properties).
 */
export const OPENVINO_OPTIONS: OptionSchemaV1 = Object.freeze({
  performanceHint: {
    type: 'enum',
    values: ['LATENCY', 'THROUGHPUT', 'CUMULATIVE_THROUGHPUT'],
    description:
      'What OpenVINO tunes itself for: the time of one run, or the number of runs with more memory and a longer wait for each. `CUMULATIVE_THROUGHPUT` spreads runs over several devices and is for AUTO and MULTI only.',
  },
  numRequests: {
    type: 'integer',
    minimum: 1,
    maximum: 1024,
    unit: 'requests',
    description:
      'How many runs OpenVINO should expect at a time when it tunes for throughput. A larger number reserves more memory; runs of one process are still started one after the other.',
  },
  numStreams: {
    type: 'integer',
    minimum: 1,
    maximum: 1024,
    unit: 'streams',
    description:
      'Number of parallel execution streams on CPU or GPU. More streams raise throughput and memory and make each run slower.',
  },
  inferenceNumThreads: {
    type: 'integer',
    minimum: 1,
    maximum: 4096,
    unit: 'threads',
    description:
      'Most logical processors that the CPU device uses. Fewer leave room for the rest of the program and make runs slower.',
  },
  inferencePrecision: {
    type: 'enum',
    values: ['f32', 'f16', 'bf16'],
    description:
      'Arithmetic inside the device. `f16` and `bf16` are smaller and usually faster and lose digits; `bf16` is for the CPU device only and fails on processors without it.',
  },
  executionMode: {
    type: 'enum',
    values: ['PERFORMANCE', 'ACCURACY'],
    description:
      'Whether OpenVINO may lower the precision where the hardware is faster with it (its own default), or keeps the precision of the model and takes longer.',
  },
  cacheDir: {
    type: 'string',
    description:
      'Folder for compiled models, which makes a second opening faster. It grows without a limit, and its files are valid for one device, driver and OpenVINO version.',
  },
  enableCpuPinning: {
    type: 'boolean',
    description:
      'Binds inference threads to processor cores. Steadier times on a machine of its own, slower when other work wants the same cores.',
  },
});

/** A configuration object for `compileModel`: openvino-node accepts strings, numbers and booleans. */
export type OpenvinoConfig = Record<string, string | number | boolean>;

const PROPERTIES: Readonly<Record<string, string>> = Object.freeze({
  performanceHint: 'PERFORMANCE_HINT',
  numRequests: 'PERFORMANCE_HINT_NUM_REQUESTS',
  numStreams: 'NUM_STREAMS',
  inferenceNumThreads: 'INFERENCE_NUM_THREADS',
  inferencePrecision: 'INFERENCE_PRECISION_HINT',
  executionMode: 'EXECUTION_MODE_HINT',
  cacheDir: 'CACHE_DIR',
  enableCpuPinning: 'ENABLE_CPU_PINNING',
});

/** Why an option does not apply to a target, or `null` where it does. */
function mismatch(name: string, value: boolean | number | string, target: OpenvinoTarget): string | null {
  const { family } = target;
  const several = family === 'AUTO' || family === 'MULTI' || family === 'HETERO';
  if (
    name === 'performanceHint' &&
    value === 'CUMULATIVE_THROUGHPUT' &&
    family !== 'AUTO' &&
    family !== 'MULTI'
  ) {
    return 'it spreads runs over several devices, which only AUTO and MULTI do';
  }
  if (name === 'inferencePrecision' && value === 'bf16' && family !== 'CPU') {
    return 'only the CPU device computes in bfloat16';
  }
  if (name === 'inferenceNumThreads' && family !== 'CPU') return 'it is a property of the CPU device';
  if (name === 'numStreams' && family !== 'CPU' && family !== 'GPU') {
    return 'it can be set for the CPU and GPU devices only';
  }
  if (name === 'enableCpuPinning' && several) return 'it belongs to single devices';
  return null;
}

/**
 * Turns option values into the third argument of `compileModel`. It has to be that argument: the
 * asynchronous `compileModel` of openvino-node uses a fresh `Core`, which sees nothing that
 * `setProperty` stored in another one. Throws an `EngineError` with `invalid-value` for an option
 * that the target would ignore or refuse.
 */
export function toOpenvinoConfig(options: OptionValuesV1, target: OpenvinoTarget): OpenvinoConfig {
  const config: OpenvinoConfig = {};
  for (const [name, value] of Object.entries(options)) {
    const property = Object.hasOwn(PROPERTIES, name) ? PROPERTIES[name] : undefined;
    const problem =
      property === undefined
        ? `the options are ${Object.keys(PROPERTIES).join(', ')}`
        : mismatch(name, value, target);
    if (property === undefined || problem !== null) {
      throw new EngineError({
        backend: 'openvino',
        reason: reason(
          'invalid-value',
          `Option \`${name}\` = \`${String(value)}\` cannot be used with OpenVINO device \`${target.name}\`: ${problem}.`,
          [{ path: `options.${name}`, value }],
          `Remove the option \`${name}\` or choose another device.`,
        ),
      });
    }
    // The binding passes integers through a 32-bit conversion; OpenVINO parses the text itself.
    config[property] = typeof value === 'number' ? String(value) : value;
  }
  if (target.family === 'AUTO') {
    // Otherwise the first runs happen on the CPU, and a failed device is replaced without a word.
    config['ENABLE_STARTUP_FALLBACK'] = false;
    config['ENABLE_RUNTIME_FALLBACK'] = false;
  }
  if (target.family === 'GPU' && config['PERFORMANCE_HINT'] === 'THROUGHPUT') {
    // Automatic batching waits for more requests, and this binding never has two under way.
    config['ALLOW_AUTO_BATCHING'] = false;
  }
  return config;
}
