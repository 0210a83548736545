export type {
  CudaRegionMessage,
  EmptyMessage,
  GenericCalls,
  LogSettingMessage,
  ModelIndexMessage,
  ModelNameMessage,
  RepositoryModelMessage,
  RepositoryParameterMessage,
  TraceSettingMessage,
} from './generic-messages.ts';
export {
  inferencePackageDefinition,
  inferenceServiceDefinition,
  type InferenceServiceDefinition,
  type InferenceServiceHandlers,
} from './service-definition.ts';
