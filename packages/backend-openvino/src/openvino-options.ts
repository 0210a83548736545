import { EngineError, type OptionSchemaV1, type OptionSpecV1, type OptionValuesV1 } from '@switchyard/core';
import { CACHE_OPTIONS } from './openvino-cache-options.ts';
import { reason } from './openvino-reason.ts';
import type { OpenvinoFamily, OpenvinoTarget } from './openvino-target.ts';

interface OpenvinoOption {
  /** Name of the property in `openvino/runtime/properties.hpp` and its neighbours for GPU and NPU. */
  readonly property: string;
  /** Devices whose pages list it among their read-write properties. */
  readonly families: readonly OpenvinoFamily[];
  readonly spec: OptionSpecV1;
}

const ALL: readonly OpenvinoFamily[] = ['CPU', 'GPU', 'NPU'];

/**
 * Properties that OpenVINO documents as read-write for its CPU, GPU and NPU devices ("Inference Devices
 * and Modes" in docs.openvino.ai/2026). Units are those of the documentation.
 */
const PROPERTIES: Readonly<Record<string, OpenvinoOption>> = Object.freeze({
  performanceHint: {
    property: 'PERFORMANCE_HINT',
    families: ALL,
    spec: {
      type: 'enum',
      values: ['LATENCY', 'THROUGHPUT'],
      description:
        'What OpenVINO tunes itself for: the time of one run, or the number of runs with more memory and a longer wait for each.',
    },
  },
  numRequests: {
    property: 'PERFORMANCE_HINT_NUM_REQUESTS',
    families: ALL,
    spec: {
      type: 'integer',
      minimum: 1,
      maximum: 1024,
      unit: 'requests',
      description:
        'How many runs OpenVINO should expect at a time when it tunes for throughput. A larger number reserves more memory; runs of one process are still started one after the other.',
    },
  },
  numStreams: {
    property: 'NUM_STREAMS',
    families: ['CPU', 'GPU'],
    spec: {
      type: 'integer',
      minimum: 1,
      maximum: 1024,
      unit: 'streams',
      description:
        'Number of parallel execution streams. More streams raise throughput and memory and make each run slower.',
    },
  },
  inferenceNumThreads: {
    property: 'INFERENCE_NUM_THREADS',
    families: ['CPU'],
    spec: {
      type: 'integer',
      minimum: 1,
      maximum: 4096,
      unit: 'threads',
      description:
        'Most logical processors that the CPU device uses. Fewer leave room for the rest of the program and make runs slower.',
    },
  },
  schedulingCoreType: {
    property: 'SCHEDULING_CORE_TYPE',
    families: ['CPU'],
    spec: {
      type: 'enum',
      values: ['ANY_CORE', 'PCORE_ONLY', 'ECORE_ONLY'],
      description:
        'Which cores of a hybrid processor are used: all, the fast ones or the frugal ones. Without effect on a processor with one kind of core.',
    },
  },
  enableHyperThreading: {
    property: 'ENABLE_HYPER_THREADING',
    families: ['CPU'],
    spec: {
      type: 'boolean',
      description:
        'Whether both logical processors of a core are used. More throughput, and less steady single runs.',
    },
  },
  enableCpuPinning: {
    property: 'ENABLE_CPU_PINNING',
    families: ALL,
    spec: {
      type: 'boolean',
      description:
        'Binds inference threads to processor cores. Steadier times on a machine of its own, slower when other work wants the same cores.',
    },
  },
  inferencePrecision: {
    property: 'INFERENCE_PRECISION_HINT',
    families: ALL,
    spec: {
      type: 'enum',
      values: ['f32', 'f16', 'bf16'],
      description:
        'Arithmetic inside the device. `f16` and `bf16` are smaller and usually faster and lose digits; `bf16` is for the CPU device only and fails on processors without it.',
    },
  },
  executionMode: {
    property: 'EXECUTION_MODE_HINT',
    families: ALL,
    spec: {
      type: 'enum',
      values: ['PERFORMANCE', 'ACCURACY'],
      description:
        'Whether OpenVINO may lower the precision where the hardware is faster with it (its own default), or keeps the precision of the model and takes longer.',
    },
  },
  modelPriority: {
    property: 'MODEL_PRIORITY',
    families: ['GPU', 'NPU'],
    spec: {
      type: 'enum',
      values: ['LOW', 'MEDIUM', 'HIGH'],
      description:
        'How urgent this model is on a device that others use too. `HIGH` shortens its runs at the cost of theirs.',
    },
  },
  compilationNumThreads: {
    property: 'COMPILATION_NUM_THREADS',
    families: ['GPU', 'NPU'],
    spec: {
      type: 'integer',
      minimum: 1,
      maximum: 4096,
      unit: 'threads',
      description:
        'Most threads of the processor that compile the model. Fewer leave room for other work and make opening slower.',
    },
  },
  disableWinograd: {
    property: 'GPU_DISABLE_WINOGRAD_CONVOLUTION',
    families: ['GPU'],
    spec: {
      type: 'boolean',
      description:
        'Computes convolutions without the Winograd transform, which OpenVINO documents to be inaccurate for some fine-tuned models. `true` may be slower.',
    },
  },
  npuTurbo: {
    property: 'NPU_TURBO',
    families: ['NPU'],
    spec: {
      type: 'boolean',
      description:
        'Asks for the highest frequency and memory throughput of the NPU. Faster for a while, at more power and heat.',
    },
  },
});

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
  option: OpenvinoOption,
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
    reason: reason(
      'invalid-value',
      `Option \`${name}\` = \`${String(value)}\` cannot be used with OpenVINO device \`${target.name}\`: ${problem}.`,
      [{ path: `options.${name}`, value }],
      `Remove the option \`${name}\` or choose another device.`,
    ),
  });
}
