import {
  ProtocolError,
  type InferRequest,
  type ModelStatistics,
  type ParameterValue,
  type SystemSharedMemoryRegion,
} from '@switchyard/open-inference';
import type { InferenceRecord } from '../../operation/observer.ts';
import { recordRefused } from '../../service/record-inference.ts';
import type { CallContext, InferenceService, ServedAnswer } from '../../service/inference-service.ts';

/** An answer that the test gives by hand. */
export interface HeldRequest {
  readonly request: InferRequest;
  readonly context: CallContext;
  answer(): void;
  refuse(error: unknown): void;
}

/** A service that does what a test says, and keeps what it was told. */
export interface ScriptedService extends InferenceService {
  ready: () => boolean;
  readonly held: HeldRequest[];
  readonly told: unknown[];
  readonly contexts: CallContext[];
  /** What never came to `infer`. */
  readonly records: InferenceRecord[];
}

const TRUTH: ServedAnswer['truth'] = {
  backend: 'cpu',
  device: { id: 'cpu', name: 'A processor', kind: 'cpu', software: false },
  executionProviders: ['CPUExecutionProvider'],
  fallback: null,
  reason: 'it was asked for',
};

function zero(): { count: number; ns: number } {
  return { count: 0, ns: 0 };
}

const STATISTICS: ModelStatistics = {
  name: 'echo',
  version: '1',
  last_inference: 1_700_000_000_000,
  inference_count: 8,
  execution_count: 1,
  inference_stats: {
    success: { count: 1, ns: 5 },
    fail: zero(),
    queue: zero(),
    compute_input: zero(),
    compute_infer: zero(),
    compute_output: zero(),
    cache_hit: zero(),
    cache_miss: zero(),
  },
  response_stats: {},
  batch_stats: [
    { batch_size: 8, compute_input: zero(), compute_infer: { count: 1, ns: 4 }, compute_output: zero() },
  ],
  memory_usage: [{ type: 'CPU', id: 0, byte_size: 4096 }],
};

/** Model `echo` answers its inputs, `held` waits for the test, `broken` throws, and there is no other. */
export function scriptedService(): ScriptedService {
  const held: HeldRequest[] = [];
  const told: unknown[] = [];
  const contexts: CallContext[] = [];
  const records: InferenceRecord[] = [];
  const regions = new Map<string, SystemSharedMemoryRegion>();
  const known = (name: string): void => {
    if (['echo', 'held', 'broken'].includes(name)) return;
    throw new ProtocolError('not-found', `Request for unknown model: '${name}' is not found`);
  };
  const echo = (name: string, request: InferRequest): ServedAnswer => ({
    inputsAreFree: false,
    response: {
      modelName: name,
      modelVersion: '1',
      id: request.id,
      parameters: new Map(),
      outputs: request.inputs.map((input) => ({ ...input, parameters: new Map() })),
    },
    truth: TRUTH,
  });
  return {
    held,
    told,
    contexts,
    records,
    refused: (model, version, refusal, call) => {
      const observer = { inference: (record: InferenceRecord) => void records.push(record), model: () => {} };
      recordRefused(observer, call, { model, version }, null, refusal);
    },
    live: () => true,
    ready: () => true,
    serverMetadata: () => ({ name: 'switchyard', version: '0', extensions: ['statistics'] }),
    modelReady: (name) => {
      known(name);
      return name !== 'held';
    },
    modelMetadata: (name) => {
      known(name);
      return {
        name,
        versions: ['1'],
        platform: 'onnxruntime_onnx',
        inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 4] }],
        outputs: [{ name: 'y', datatype: 'FP32', shape: [-1, 4] }],
        properties: { backend: 'cpu' },
      };
    },
    modelConfig: (name) => {
      known(name);
      return {
        name,
        max_batch_size: 8,
        input: [{ name: 'x', data_type: 'TYPE_FP32', dims: [4] }],
        version_policy: { latest: { num_versions: 1 } },
        instance_group: [{ count: 1, kind: 'KIND_CPU' }],
        parameters: { device: { string_value: 'cpu' } },
      };
    },
    statistics: () => [STATISTICS],
    repositoryIndex: (onlyReady) => [
      { name: 'echo', version: '1', state: 'READY' },
      ...(onlyReady ? [] : [{ name: 'never' }]),
    ],
    load: async (name: string, parameters: ReadonlyMap<string, ParameterValue | Uint8Array>) => {
      told.push(['load', name, new Map(parameters)]);
    },
    unload: async (name: string, parameters: ReadonlyMap<string, ParameterValue | Uint8Array>) => {
      told.push(['unload', name, new Map(parameters)]);
    },
    traceSettings: (model) => {
      told.push(['trace', model]);
      return { trace_level: ['TIMESTAMPS'], trace_rate: '1000' };
    },
    updateTraceSettings: (model, changes) => {
      told.push(['trace', model, changes]);
      return { trace_level: ['OFF'], trace_rate: '7' };
    },
    logSettings: () => ({ log_info: true, log_verbose_level: 0, log_format: 'default' }),
    updateLogSettings: (changes) => {
      told.push(['log', changes]);
      return { log_info: false, log_verbose_level: 3, log_format: 'ISO8601' };
    },
    sharedMemory: {
      status: (name) => [...regions.values()].filter((region) => name === '' || region.name === name),
      register: (region) => {
        if (regions.has(region.name)) {
          throw new ProtocolError('already-exists', `region '${region.name}' is registered already`);
        }
        regions.set(region.name, { ...region });
      },
      unregister: (name) => (name === '' ? regions.clear() : void regions.delete(name)),
    },
    checkModel: known,
    rawInput: () => ({ name: 'x', datatype: 'FP32', shape: [4] }),
    infer: async (name, _version, request, context) => {
      contexts.push(context);
      known(name);
      if (name === 'broken') throw new TypeError('a mistake with /secret/path in it');
      if (name === 'echo') return echo(name, request);
      return new Promise((resolve, reject) => {
        held.push({
          request,
          context,
          answer: () => resolve(echo(name, request)),
          refuse: reject,
        });
        context.signal.addEventListener('abort', () => reject(context.signal.reason));
      });
    },
  };
}
