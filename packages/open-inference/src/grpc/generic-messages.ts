import type {
  ModelConfigJson,
  ModelMetadata,
  ModelStatistics,
  ServerMetadata,
  SystemSharedMemoryRegion,
} from '../messages.ts';

/** A message without fields. */
export type EmptyMessage = Readonly<Record<string, never>>;

/** Which model is asked for; `version` is `''` for the latest. */
export interface ModelNameMessage {
  readonly name: string;
  readonly version: string;
}

/** Parameter of load and unload: one member, which `parameter_choice` names. */
export interface RepositoryParameterMessage {
  readonly parameter_choice?: 'bool_param' | 'int64_param' | 'string_param' | 'bytes_param';
  readonly bool_param?: boolean;
  readonly int64_param?: number;
  readonly string_param?: string;
  readonly bytes_param?: Uint8Array;
}

/** Request of `RepositoryModelLoad` and `RepositoryModelUnload`. */
export interface RepositoryModelMessage {
  readonly repository_name: string;
  readonly model_name: string;
  readonly parameters: Readonly<Record<string, RepositoryParameterMessage>>;
}

/** A row of the repository's index; `version`, `state` and `reason` are `''` where they are unknown. */
export interface ModelIndexMessage {
  readonly name: string;
  readonly version: string;
  readonly state: string;
  readonly reason: string;
}

/** A region of CUDA shared memory. */
export interface CudaRegionMessage {
  readonly name: string;
  readonly device_id: number;
  readonly byte_size: number;
}

/** Values of one setting of traces. */
export interface TraceSettingMessage {
  readonly value: readonly string[];
}

/** Value of one setting of logging: one member, which `parameter_choice` names. */
export interface LogSettingMessage {
  readonly parameter_choice?: 'bool_param' | 'uint32_param' | 'string_param';
  readonly bool_param?: boolean;
  readonly uint32_param?: number;
  readonly string_param?: string;
}

/**
 * Request and response of every unary call whose messages `@grpc/proto-loader` reads and writes: names of
 * fields as in the `.proto`, 64-bit integers as `number`, enumerations by name, defaults filled in.
 */
export interface GenericCalls {
  ServerLive: [request: EmptyMessage, response: { readonly live: boolean }];
  ServerReady: [request: EmptyMessage, response: { readonly ready: boolean }];
  ModelReady: [request: ModelNameMessage, response: { readonly ready: boolean }];
  ServerMetadata: [request: EmptyMessage, response: ServerMetadata];
  ModelMetadata: [request: ModelNameMessage, response: ModelMetadata];
  ModelConfig: [request: ModelNameMessage, response: { readonly config: ModelConfigJson }];
  ModelStatistics: [
    request: ModelNameMessage,
    response: { readonly model_stats: readonly ModelStatistics[] },
  ];
  RepositoryIndex: [
    request: { readonly repository_name: string; readonly ready: boolean },
    response: { readonly models: readonly ModelIndexMessage[] },
  ];
  RepositoryModelLoad: [request: RepositoryModelMessage, response: EmptyMessage];
  RepositoryModelUnload: [request: RepositoryModelMessage, response: EmptyMessage];
  SystemSharedMemoryStatus: [
    request: { readonly name: string },
    response: { readonly regions: Readonly<Record<string, SystemSharedMemoryRegion>> },
  ];
  SystemSharedMemoryRegister: [request: SystemSharedMemoryRegion, response: EmptyMessage];
  SystemSharedMemoryUnregister: [request: { readonly name: string }, response: EmptyMessage];
  CudaSharedMemoryStatus: [
    request: { readonly name: string },
    response: { readonly regions: Readonly<Record<string, CudaRegionMessage>> },
  ];
  CudaSharedMemoryRegister: [
    request: CudaRegionMessage & { readonly raw_handle: Uint8Array },
    response: EmptyMessage,
  ];
  CudaSharedMemoryUnregister: [request: { readonly name: string }, response: EmptyMessage];
  TraceSetting: [
    request: {
      readonly settings: Readonly<Record<string, TraceSettingMessage>>;
      readonly model_name: string;
    },
    response: { readonly settings: Readonly<Record<string, TraceSettingMessage>> },
  ];
  LogSettings: [
    request: { readonly settings: Readonly<Record<string, LogSettingMessage>> },
    response: { readonly settings: Readonly<Record<string, LogSettingMessage>> },
  ];
}
