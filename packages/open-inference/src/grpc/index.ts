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
export { decodeModelInferRequest, type ModelInferRequest } from './decode-infer-request.ts';
export {
  decodeModelInferResponse,
  decodeModelStreamInferResponse,
  type ModelStreamInferResponse,
} from './decode-infer-response.ts';
export {
  encodeModelInferRequest,
  encodeModelInferResponse,
  encodeModelStreamInferResponse,
} from './encode-infer-message.ts';
export {
  createGrpcClient,
  type GrpcClient,
  type GrpcClientOptions,
  type GrpcTlsOptions,
} from './grpc-client.ts';
export type { StreamAnswer, StreamRequest } from './infer-stream.ts';
