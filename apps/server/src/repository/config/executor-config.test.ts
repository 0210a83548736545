import { inspectModelBytes } from '@switchyard/onnx';
import { mlpModel } from '@switchyard/onnx/testing';
import { describe, expect, it } from 'vitest';
import type { ExecutorConfig } from '../../execution/model-executor.ts';
import { completeConfig } from './complete-config.ts';
import { executorConfig, MODEL_DEFAULTS } from './executor-config.ts';
import { readTextConfig } from './read-text-config.ts';
import { chooseVersions } from './version-policy.ts';

const executor = (text: string): ExecutorConfig => {
  const config = readTextConfig(new TextEncoder().encode(text), 'm/config.pbtxt');
  return executorConfig(
    completeConfig(config, inspectModelBytes(mlpModel()), 'm', 64),
    '3',
    [],
    MODEL_DEFAULTS,
  );
};

const parameter = (key: string, value: string): string =>
  `parameters { key: "${key}" value { string_value: ${JSON.stringify(value)} } }`;

it('bounds everything that a configuration leaves open', () => {
  expect(executor('')).toEqual({
    model: 'm',
    version: '3',
    maxBatchSize: 64,
    batching: { preferredSizes: [], maxDelayMicros: 0, preserveOrdering: false, maxRowBytes: 262_144 },
    priorityLevels: 0,
    defaultPriority: 0,
    queue: { maxSize: 256, timeoutMicros: 0, allowTimeoutOverride: false, timeoutAction: 'REJECT' },
    queueByPriority: new Map(),
    instances: 1,
    executionTimeoutMs: 300_000,
    warmup: [],
    cacheBytes: 0,
    open: {},
  });
});

it('carries batching, priorities, queues, cache and instances over', () => {
  const config = executor(`
    max_batch_size: 8
    dynamic_batching {
      preferred_batch_size: [ 8, 4 ] max_queue_delay_microseconds: 100 preserve_ordering: true
      priority_levels: 2 default_priority_level: 2
      default_queue_policy { default_timeout_microseconds: 7 }
      priority_queue_policy { key: 1 value { timeout_action: DELAY allow_timeout_override: true max_queue_size: 5 } }
    }
    instance_group [ { count: 2 }, { count: 1 } ]
    response_cache { enable: true }
  `);
  expect(config).toMatchObject({
    maxBatchSize: 8,
    batching: { preferredSizes: [4, 8], maxDelayMicros: 100, preserveOrdering: true },
    priorityLevels: 2,
    defaultPriority: 2,
    queue: { maxSize: 256, timeoutMicros: 7 },
    instances: 3,
    cacheBytes: 64 * 1024 * 1024,
  });
  expect(config.queueByPriority).toEqual(
    new Map([[1, { maxSize: 5, timeoutMicros: 0, allowTimeoutOverride: true, timeoutAction: 'DELAY' }]]),
  );
});

describe('instance groups become a request for selection', () => {
  it.each([
    ['instance_group { kind: KIND_CPU }', { backend: 'cpu' }],
    ['instance_group { kind: KIND_GPU }', { backend: 'cuda' }],
    ['instance_group { kind: KIND_GPU gpus: [ 1 ] }', { backend: 'cuda', device: 'cuda:1' }],
    ['instance_group { gpus: 0 }', { backend: 'cuda', device: 'cuda:0' }],
    ['instance_group { kind: KIND_MODEL }', {}],
    [
      `instance_group { kind: KIND_GPU } ${parameter('backend', 'openvino')} ${parameter('device', 'openvino:GPU.0')}`,
      { backend: 'openvino', device: 'openvino:GPU.0' },
    ],
    [parameter('device', 'cuda:1'), { device: 'cuda:1' }],
    [parameter('prefer', 'cuda, cpu'), { prefer: ['cuda', 'cpu'] }],
    [
      `${parameter('strict', 'true')} ${parameter('fallback', 'error')} ${parameter('isolation', 'thread')} ${parameter('trials', 'off')}`,
      { strict: true, fallback: 'error', isolation: 'thread', trials: 'off' },
    ],
    [
      `${parameter('options.intraOpThreads', '2')} ${parameter('options.flag', 'true')} ${parameter('options.mode', 'fast')} ${parameter('options.text', '"2"')}`,
      { options: { intraOpThreads: 2, flag: true, mode: 'fast', text: '2' } },
    ],
    [parameter('intra_op_thread_count', '2'), {}],
  ])('%s', (text, expected) => {
    expect(executor(text).open).toEqual(expected);
  });

  it.each([
    [
      'instance_group [ { kind: KIND_CPU }, { kind: KIND_GPU } ]',
      '`instance_group[0]` is KIND_CPU and `instance_group[1]` is KIND_GPU want different devices',
    ],
    ['instance_group { kind: KIND_GPU gpus: [ 0, 1 ] }', 'names 2 devices, but a model runs on one'],
    ['instance_group { kind: KIND_CPU gpus: [ 0 ] }', 'is KIND_CPU, but names gpus [0]'],
    ['instance_group { count: -1 }', '`instance_group[0].count` is -1'],
    [
      `instance_group { kind: KIND_CPU } ${parameter('backend', 'cuda')}`,
      '`instance_group[0]` is KIND_CPU, but `parameters` ask for {"backend":"cuda"}',
    ],
    [`instance_group { kind: KIND_GPU } ${parameter('backend', 'cpu')}`, 'is KIND_GPU, but'],
    [`instance_group { gpus: [ 1 ] } ${parameter('device', 'cuda:0')}`, 'names the GPU 1, but'],
  ])('%s is refused', (text, expected) => {
    expect(() => executor(text)).toThrow(expected);
  });
});

it.each([
  [parameter('max_queue_size', '7'), { queue: { maxSize: 7 } }],
  [parameter('execution_timeout_ms', '0'), { executionTimeoutMs: 0 }],
  [`response_cache { enable: true } ${parameter('response_cache_bytes', '1000')}`, { cacheBytes: 1000 }],
  [parameter('dynamic_batching', 'false'), { batching: null }],
  ['max_batch_size: 1', { maxBatchSize: 1, batching: null }],
  ['max_batch_size: 0', { maxBatchSize: 0, batching: null }],
])('%s', (text, expected) => {
  expect(executor(text)).toMatchObject(expected);
});

it.each([
  [
    parameter('max_queue_size', '0'),
    "the parameter `max_queue_size` is '0', but must be a whole number of 1 or more",
  ],
  [parameter('strict', 'yes'), "the parameter `strict` is 'yes', but must be 'true' or 'false'"],
  [parameter('fallback', 'maybe'), 'but must be one of error, warn, allow'],
  [parameter('bakend', 'cpu'), 'the parameter `bakend` is unknown. Did you mean `backend`?'],
  [
    'max_batch_size: 4 dynamic_batching { preferred_batch_size: [ 8 ] }',
    'preferred size must be <= max batch size',
  ],
  ['max_batch_size: 0 dynamic_batching { }', '`dynamic_batching` needs a `max_batch_size` of 1 or more'],
  ['dynamic_batching { priority_levels: 2 }', 'default priority level must be within [1, priority_levels]'],
  [
    'dynamic_batching { priority_levels: 1 default_priority_level: 1 priority_queue_policy { key: 2 value { } } }',
    'has the level 2, but levels go from 1 to 1',
  ],
])('%s is refused', (text, expected) => {
  expect(() => executor(text)).toThrow(expected);
});

it('chooses versions by policy', () => {
  const there = [10, 2, 1, 9];
  expect(chooseVersions(undefined, there)).toEqual([10]);
  expect(chooseVersions({}, there)).toEqual([10]);
  expect(chooseVersions({ latest: { num_versions: 2 } }, there)).toEqual([9, 10]);
  expect(chooseVersions({ latest: { num_versions: 20 } }, there)).toEqual([1, 2, 9, 10]);
  expect(chooseVersions({ all: {} }, there)).toEqual([1, 2, 9, 10]);
  expect(chooseVersions({ specific: { versions: [9, 1, 7] } }, there)).toEqual([1, 9]);
  expect(() => chooseVersions({ specific: { versions: [7] } }, there)).toThrow(
    'wants [7], but the model has the versions [1, 2, 9, 10]',
  );
  expect(() => chooseVersions({ specific: {} }, there)).toThrow('names no version');
  expect(() => chooseVersions({ latest: { num_versions: 0 } }, there)).toThrow('must be 1 or more');
});
