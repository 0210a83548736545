import { ProtocolError, type ParameterValue, type TraceSettings } from '@switchyard/open-inference';
import type {
  GenericCalls,
  LogSettingMessage,
  RepositoryModelMessage,
  TraceSettingMessage,
} from '@switchyard/open-inference/grpc';
import type { Scope } from '../operation/admission.ts';
import type { Answer } from './generic-call.ts';
import { admit } from './grpc-context.ts';
import { checkModelVersion } from './model-version.ts';

/** Who may call, and the answer. */
export interface GenericRpc<Request, Response> {
  readonly scope: Scope;
  readonly answer: Answer<Request, Response>;
}

type GenericRpcs = {
  readonly [Name in keyof GenericCalls]: GenericRpc<GenericCalls[Name][0], GenericCalls[Name][1]>;
};

/** Every unary call but `ModelInfer`. */
export const GENERIC_RPCS: GenericRpcs = Object.freeze({
  ServerLive: { scope: 'health', answer: (_, { service }) => ({ live: service.live() }) },
  ServerReady: {
    scope: 'health',
    answer: (_, context) => ({ ready: !context.draining() && context.service.ready() }),
  },
  ModelReady: {
    scope: 'read',
    answer: ({ name, version }, { service }) => {
      checkModelVersion(version);
      return { ready: service.modelReady(name, version) };
    },
  },
  ServerMetadata: { scope: 'read', answer: (_, { service }) => service.serverMetadata() },
  ModelMetadata: {
    scope: 'read',
    answer: ({ name, version }, { service }) => {
      checkModelVersion(version);
      return service.modelMetadata(name, version);
    },
  },
  ModelConfig: {
    scope: 'read',
    answer: ({ name, version }, { service }) => {
      checkModelVersion(version);
      return { config: service.modelConfig(name, version) };
    },
  },
  ModelStatistics: {
    scope: 'read',
    answer: ({ name, version }, { service }) => {
      checkModelVersion(version);
      return { model_stats: service.statistics(name, version) };
    },
  },
  RepositoryIndex: {
    scope: 'read',
    answer: (request, { service }) => {
      refuseRepository(request.repository_name);
      return {
        models: service.repositoryIndex(request.ready).map((entry) => ({
          name: entry.name,
          version: entry.version ?? '',
          state: entry.state ?? '',
          reason: entry.reason ?? '',
        })),
      };
    },
  },
  RepositoryModelLoad: {
    scope: 'admin',
    answer: async (request, { service }) => {
      await service.load(modelOf(request), repositoryParameters(request));
      return {};
    },
  },
  RepositoryModelUnload: {
    scope: 'admin',
    answer: async (request, { service }) => {
      await service.unload(modelOf(request), repositoryParameters(request));
      return {};
    },
  },
  SystemSharedMemoryStatus: {
    scope: 'read',
    answer: ({ name }, { service }) => ({
      regions: byName(service.sharedMemory.status(name).map((region) => [region.name, region])),
    }),
  },
  SystemSharedMemoryRegister: {
    scope: 'admin',
    answer: (region, { service }) => {
      service.sharedMemory.register(region);
      return {};
    },
  },
  SystemSharedMemoryUnregister: {
    scope: 'admin',
    answer: ({ name }, { service }) => {
      service.sharedMemory.unregister(name);
      return {};
    },
  },
  CudaSharedMemoryStatus: { scope: 'read', answer: () => refuseCuda() },
  CudaSharedMemoryRegister: { scope: 'admin', answer: () => refuseCuda() },
  // Clients forget all regions before they start.
  CudaSharedMemoryUnregister: {
    scope: 'admin',
    answer: ({ name }) => (name === '' ? {} : refuseCuda()),
  },
  TraceSetting: {
    scope: 'read',
    answer: ({ settings, model_name: model }, context, arrival) => {
      const changes = Object.entries(settings);
      if (changes.length === 0) return traceMessage(context.service.traceSettings(model));
      admit(context, 'admin', arrival);
      // No value at all takes a change back; one is what Triton calls a string.
      const values = changes.map(([name, { value }]): [string, string | readonly string[] | null] => [
        name,
        value.length === 0 ? null : value.length === 1 && name !== 'trace_level' ? value[0]! : value,
      ]);
      return traceMessage(context.service.updateTraceSettings(model, byName(values)));
    },
  },
  LogSettings: {
    scope: 'read',
    answer: ({ settings }, context, arrival) => {
      const changes = Object.entries(settings);
      let current = context.service.logSettings();
      if (changes.length > 0) {
        admit(context, 'admin', arrival);
        current = context.service.updateLogSettings(
          byName(changes.map(([name, message]) => [name, chosen(message)])),
        );
      }
      return {
        settings: byName(Object.entries(current).map(([name, value]) => [name, logMessage(value)])),
      };
    },
  },
} satisfies GenericRpcs);

/** A caller that speaks the protocol of KServe puts the model's name where Triton has the repository's. */
function modelOf(request: RepositoryModelMessage): string {
  if (request.model_name === '') return request.repository_name;
  refuseRepository(request.repository_name);
  return request.model_name;
}

function refuseRepository(name: string): void {
  if (name !== '') {
    throw new ProtocolError('unsupported', "'repository_name' specification is not supported");
  }
}

function refuseCuda(): never {
  throw new ProtocolError('unsupported', 'CUDA shared memory is not supported: Node.js cannot map it.');
}

function repositoryParameters(request: RepositoryModelMessage): Map<string, ParameterValue | Uint8Array> {
  const parameters = new Map<string, ParameterValue | Uint8Array>();
  for (const [name, message] of Object.entries(request.parameters)) {
    const value = message.parameter_choice === undefined ? undefined : message[message.parameter_choice];
    if (value === undefined) throw new ProtocolError('invalid-argument', `parameter '${name}' has no value.`);
    parameters.set(name, value);
  }
  return parameters;
}

function chosen(message: LogSettingMessage): boolean | number | string | null {
  return message.parameter_choice === undefined ? null : (message[message.parameter_choice] ?? null);
}

function logMessage(value: string | boolean | number): LogSettingMessage {
  if (typeof value === 'boolean') return { parameter_choice: 'bool_param', bool_param: value };
  if (typeof value === 'number') return { parameter_choice: 'uint32_param', uint32_param: value };
  return { parameter_choice: 'string_param', string_param: value };
}

function traceMessage(settings: TraceSettings): {
  readonly settings: Readonly<Record<string, TraceSettingMessage>>;
} {
  return {
    settings: byName(
      Object.entries(settings).map(([name, value]) => [
        name,
        { value: typeof value === 'string' ? [value] : value },
      ]),
    ),
  };
}

/** `__proto__` is a name as any other. */
function byName<Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries(entries);
}
