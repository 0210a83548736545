import { ProtocolError } from '@switchyard/open-inference';
import type { Limits, MemoryBudget } from '../operation/admission.ts';
import type { Observer } from '../operation/observer.ts';
import type { ModelRepository, ServedModel } from '../repository/model-repository.ts';
import { describeModel, modelStatistics, rawInputOf } from './describe-model.ts';
import type { InferenceService } from './inference-service.ts';
import { createLogSettings, type LogHooks } from './log-settings.ts';
import { signatureOf } from './model-signature.ts';
import { loadOptions, unloadOptions } from './repository-parameters.ts';
import { recordRefused } from './record-inference.ts';
import { runInference, type InferenceRoom } from './run-inference.ts';
import { createSharedMemory, type SharedMemoryOptions } from './system-shared-memory.ts';
import { shown } from '../repository/texts.ts';
import { createTraceSettings, type TraceHooks } from './trace-settings.ts';

/** What the service is made of. */
export interface InferenceServiceOptions {
  readonly repository: ModelRepository;
  readonly observer: Observer;
  /** Name of the server; some clients of Triton compare it with `triton`. */
  readonly name: string;
  readonly version: string;
  readonly limits: Pick<Limits, 'maxBodyBytes' | 'maxResponseBytes'>;
  /** For what is read from shared memory; bodies are the front ends' affair. */
  readonly memory: Pick<MemoryBudget, 'take'>;
  readonly sharedMemory: SharedMemoryOptions | false;
  /** `null` where traces cannot be changed; the extension is not advertised then. */
  readonly traceHooks: TraceHooks | null;
  /** `null` where logging cannot be changed; the extension is not advertised then. */
  readonly logHooks: LogHooks | null;
  /** (optional) Whether requests are still to be sent here. Default: always. */
  readonly accepting?: () => boolean;
}

/** The server without a protocol, over the models of a repository. */
export function createInferenceService(options: InferenceServiceOptions): InferenceService {
  const { repository, name, version } = options;
  const regions = createSharedMemory(options.sharedMemory);
  const traces = createTraceSettings(options.traceHooks);
  const logs = createLogSettings(options.logHooks);
  const room: InferenceRoom = {
    repository,
    observer: options.observer,
    regions,
    regionLimits: { maxBytes: options.limits.maxBodyBytes, memory: options.memory },
    maxResponseBytes: options.limits.maxResponseBytes,
  };
  const metadata = Object.freeze({ name, version, extensions: extensionsOf(options) });
  const checkTraced = (model: string): void => {
    if (model === '' || isKnown(repository, model)) return;
    throw new ProtocolError('invalid-argument', `Request for unknown model : ${shown(model)}`);
  };
  return {
    live: () => true,
    ready: () => options.accepting?.() !== false && repository.readiness().ready,
    serverMetadata: () => metadata,
    modelReady: (model, asked) => modelReady(repository, model, asked),
    modelMetadata: (model, asked) => {
      const served = repository.find(model, asked);
      return describeModel(served, asked === '' ? served.versions() : [served.version]);
    },
    modelConfig: (model, asked) => repository.find(model, asked).config,
    statistics: (model, asked) => counted(repository, model, asked).map(modelStatistics),
    repositoryIndex: (onlyReady) => repository.index(onlyReady),
    load: async (model, parameters) => {
      await repository.load(model, loadOptions(model, parameters));
    },
    unload: async (model, parameters) => {
      await repository.unload(model, unloadOptions(parameters));
    },
    traceSettings: (model) => {
      checkTraced(model);
      return traces.get(model);
    },
    updateTraceSettings: (model, changes) => {
      checkTraced(model);
      return traces.update(model, changes);
    },
    logSettings: () => logs.get(),
    updateLogSettings: (changes) => logs.update(changes),
    sharedMemory: regions,
    checkModel: (model, asked) => {
      repository.find(model, asked);
    },
    rawInput: (model, asked) => rawInputOf(signatureOf(repository.find(model, asked))),
    refused: (model, asked, refusal, call) => {
      const served = servedNow(repository, model, asked);
      recordRefused(options.observer, call, { model, version: asked }, served, refusal);
    },
    infer: (model, asked, request, context) => runInference(room, model, asked, request, context),
  };
}

function servedNow(repository: ModelRepository, name: string, version: string): ServedModel | null {
  try {
    return repository.find(name, version);
  } catch {
    // It was taken out of service while its request was read; its statistics went with it.
    return null;
  }
}

/** Only what works. */
function extensionsOf(options: InferenceServiceOptions): readonly string[] {
  return Object.freeze([
    'classification',
    'model_repository',
    'model_repository(unload_dependents)',
    'schedule_policy',
    'model_configuration',
    ...(options.sharedMemory === false ? [] : ['system_shared_memory']),
    'binary_tensor_data',
    'parameters',
    'statistics',
    ...(options.traceHooks === null ? [] : ['trace']),
    ...(options.logHooks === null ? [] : ['logging']),
  ]);
}

/** A model that is known and cannot take requests is not ready; one that nobody knows is an error. */
function modelReady(repository: ModelRepository, name: string, version: string): boolean {
  let model: ServedModel;
  try {
    model = repository.find(name, version);
  } catch (error) {
    const refused = ProtocolError.isInstance(error) ? error.problem : null;
    if (refused === 'unavailable') return false;
    if (refused === 'not-found' && isKnown(repository, name)) return false;
    throw error;
  }
  const { state, instances } = model.executor.health();
  return state === 'ready' || (state === 'recovering' && instances.some(({ pid }) => pid !== null));
}

function isKnown(repository: ModelRepository, name: string): boolean {
  return repository.index(false).some((row) => row.name === name);
}

function counted(repository: ModelRepository, name: string, version: string): readonly ServedModel[] {
  if (name === '') return repository.loaded();
  const model = repository.find(name, version);
  if (version !== '') return [model];
  return repository.loaded().filter((served) => served.name === name);
}
