import type { OptionSpecV1 } from '@switchyard/core';
import type { OpenvinoFamily } from './openvino-target.ts';

/** One read-write property of OpenVINO, as an option of this backend. */
export interface OpenvinoProperty {
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
export const PROPERTIES: Readonly<Record<string, OpenvinoProperty>> = Object.freeze({
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
