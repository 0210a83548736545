export { OWN_COMPOSITION, type ServerComposition } from './compose.ts';
export {
  createServer,
  type CreateServerOptions,
  type InferenceServer,
  type ServerAddress,
} from './create-server.ts';
export type {
  BatchingPolicy,
  CancelListener,
  CancelSignal,
  DeviceTruth,
  ExecutionRequest,
  ExecutionResult,
  ExecutionTimes,
  ExecutorConfig,
  ExecutorHealth,
  ModelExecutor,
  QueuePolicy,
  WarmupRun,
} from './execution/model-executor.ts';
export type { FailureReason, StatisticsRecorder, StatisticsSnapshot } from './execution/model-statistics.ts';
export { openModelExecutor, type ExecutorHooks } from './execution/open-model-executor.ts';
export { createGrpcServer } from './grpc/create-grpc-server.ts';
export type { GrpcOptions, GrpcServer, GrpcTls } from './grpc/grpc-options.ts';
export type { Gate, Limits, MemoryBudget, Principal, Scope } from './operation/admission.ts';
export { createKey, parseKeys, type StoredKey } from './operation/api-keys.ts';
export { DEFAULT_LIMITS } from './operation/default-limits.ts';
export { createGate, type GateOptions } from './operation/gate.ts';
export { createMemoryBudget } from './operation/memory-budget.ts';
export { createMetrics, type Metrics, type MetricsSources } from './operation/metrics.ts';
export type {
  InferenceRecord,
  ModelEvent,
  Observer,
  ProtocolName,
  RequestSpan,
  Tracer,
} from './operation/observer.ts';
export {
  createServerLog,
  type LogFields,
  type LogFormat,
  type ServerLog,
  type ServerLogOptions,
} from './operation/server-log.ts';
export type { Rate } from './operation/token-buckets.ts';
export { createTracing, NO_TRACING, type Tracing, type TracingOptions } from './operation/tracing.ts';
export type { ModelControl, ServerSettings, SettingKey } from './options/server-settings.ts';
export {
  createModelRepository,
  type ModelRepositoryOptions,
  type RepositoryControl,
} from './repository/create-model-repository.ts';
export type { LoadOptions, ModelLease, ModelRepository, ServedModel } from './repository/model-repository.ts';
export { registerInferenceRoutes } from './rest/register-inference-routes.ts';
export type { MetricsPage, ResponseCompression, RestOptions } from './rest/rest-options.ts';
export {
  createRestServer,
  type RestServer,
  type RestServerOptions,
  type RestTls,
} from './rest/rest-server.ts';
export { runServer, type ServerContext } from './run-server.ts';
export { createInferenceService, type InferenceServiceOptions } from './service/create-inference-service.ts';
export type {
  CallContext,
  InferenceService,
  ServedAnswer,
  SharedMemoryRegions,
} from './service/inference-service.ts';
export { VERSION } from './version.ts';
