import {
  ProtocolError,
  type InferRequest,
  type SystemSharedMemoryRegion,
  type WireTensor,
} from '@switchyard/open-inference';
import type { DeviceTruth } from '../../execution/model-executor.ts';
import type { InferenceRecord } from '../../operation/observer.ts';
import { recordRefused } from '../../service/record-inference.ts';
import type { CallContext, InferenceService, ServedAnswer } from '../../service/inference-service.ts';

export const TRUTH: DeviceTruth = {
  backend: 'cpu',
  device: { id: 'cpu', name: 'A processor', kind: 'cpu', software: false },
  executionProviders: ['CPUExecutionProvider'],
  fallback: null,
  reason: 'asked for',
};

/** A service with one model, `echo`, that answers with its inputs, and whose every call can be replaced. */
export interface ScriptedService extends InferenceService {
  readonly calls: string[];
  readonly requests: { request: InferRequest; context: CallContext }[];
  readonly regions: Map<string, SystemSharedMemoryRegion>;
  inferWith: (request: InferRequest, context: CallContext) => Promise<ServedAnswer>;
  isReady: boolean;
}

export function answerWith(
  outputs: readonly WireTensor[],
  request: InferRequest,
  truth: DeviceTruth = TRUTH,
): ServedAnswer {
  return {
    response: { modelName: 'echo', modelVersion: '1', id: request.id, parameters: new Map(), outputs },
    truth,
    inputsAreFree: false,
  };
}

export function scriptService(records: InferenceRecord[] = []): ScriptedService {
  const calls: string[] = [];
  const regions = new Map<string, SystemSharedMemoryRegion>();
  const known = (name: string): void => {
    if (name !== 'echo') {
      throw new ProtocolError('not-found', `Request for unknown model: '${name}' is not found`);
    }
  };
  const call = (what: string, ...rest: readonly unknown[]): void => {
    calls.push([what, ...rest.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))].join(' '));
  };
  const service: ScriptedService = {
    calls,
    requests: [],
    regions,
    isReady: true,
    inferWith: (request) => Promise.resolve(answerWith(request.inputs, request)),
    live: () => true,
    ready: () => service.isReady,
    serverMetadata: () => ({ name: 'triton', version: '1.2.3', extensions: ['binary_tensor_data'] }),
    modelReady(name, version) {
      known(name);
      return version !== '2';
    },
    modelMetadata(name, version) {
      known(name);
      call('metadata', name, version);
      return {
        name,
        versions: ['1'],
        platform: 'onnxruntime_onnx',
        inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 2] }],
        outputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 2] }],
        properties: { backend: 'cpu' },
      };
    },
    modelConfig(name) {
      known(name);
      return { name, max_batch_size: 0 };
    },
    statistics(name, version) {
      if (name !== '') known(name);
      call('statistics', name, version);
      return [];
    },
    repositoryIndex: (onlyReady) => (onlyReady ? [] : [{ name: 'echo', version: '1', state: 'READY' }]),
    load(name, parameters) {
      call('load', name, [...parameters].map(([key, value]) => [key, value instanceof Uint8Array ? [...value] : value]));
      return Promise.resolve();
    },
    unload(name, parameters) {
      call('unload', name, [...parameters]);
      return Promise.resolve();
    },
    traceSettings: (model) => ({ trace_level: ['OFF'], of: model }),
    updateTraceSettings(model, changes) {
      call('trace', model, Object.entries(changes));
      return { trace_level: ['OFF'] };
    },
    logSettings: () => ({ log_info: true }),
    updateLogSettings(changes) {
      call('log', Object.entries(changes));
      return { log_info: true };
    },
    sharedMemory: {
      status: () => [...regions.values()],
      register: (region) => void regions.set(region.name, region),
      unregister: (name) => void (name === '' ? regions.clear() : regions.delete(name)),
    },
    checkModel: known,
    rawInput: () => ({ name: 'x', datatype: 'FP32', shape: [-1] }),
    refused(model, version, refusal, call) {
      const observer = { inference: (record: InferenceRecord) => void records.push(record), model: () => {} };
      recordRefused(observer, call, { model, version }, null, refusal);
    },
    infer(name, version, request, context) {
      call('infer', name, version);
      service.requests.push({ request, context });
      return service.inferWith(request, context);
    },
  };
  return service;
}
