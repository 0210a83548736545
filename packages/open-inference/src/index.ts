export { bytesPerElement, DATATYPES, isDatatype, type Datatype } from './datatype.ts';
export type {
  InferBatchStatistics,
  InferRequest,
  InferResponse,
  InferStatistics,
  LogSettings,
  MemoryUsage,
  ModelConfigJson,
  ModelMetadata,
  ModelState,
  ModelStatistics,
  Parameters,
  ParameterValue,
  RepositoryIndexEntry,
  RequestedOutput,
  ServerMetadata,
  StatisticDuration,
  SystemSharedMemoryRegion,
  TensorContent,
  TensorMetadata,
  TraceSettings,
  WireTensor,
} from './messages.ts';
export { PROBLEMS, ProtocolError, type Problem } from './protocol-error.ts';
export {
  DEFAULT_CODEC_LIMITS,
  type CodecLimits,
  type EncodedBody,
  type NonFinitePolicy,
  type ParseOptions,
  type ParseRawOptions,
  type ParseResponseOptions,
} from './infer/codec-options.ts';
export { classify, type ClassifyOptions } from './infer/classify.ts';
export { parseHeaderLength } from './infer/header-length.ts';
export { parseInferRequest } from './infer/parse-infer-request.ts';
export { parseInferResponse } from './infer/parse-infer-response.ts';
export { parseRawInferRequest } from './infer/parse-raw-infer-request.ts';
export { writeInferRequest } from './infer/write-infer-request.ts';
export { writeInferResponse } from './infer/write-infer-response.ts';
export { parseJsonDocument, type JsonValue } from './json/parse-json-document.ts';
export { joinElements, splitElements } from './tensor/byte-elements.ts';
export { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from './tensor/float16.ts';
export { tensorFrom } from './tensor/tensor-from.ts';
export { valuesOf, type TensorValues } from './tensor/tensor-values.ts';
export { InferenceClientError } from './client/client-error.ts';
export type { InferResult, OutputTensor } from './client/infer-result.ts';
export type {
  CallOptions,
  InferenceClient,
  InferenceInput,
  ModelCallOptions,
  RepositoryCallOptions,
} from './client/inference-client.ts';
export { createRestClient, type RestClientOptions } from './client/rest-client.ts';
export type { RetryOptions } from './client/retry.ts';
