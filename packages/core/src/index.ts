export * from './backend/v1/index.ts';
export * from './errors/index.ts';
export type {
  AcceleratorFacts,
  CpuFacts,
  EnvironmentKindFacts,
  Fact,
  HostFacts,
  LibcFacts,
  LibraryFacts,
  MemoryFacts,
  NodeFacts,
  NvidiaFacts,
  NvidiaGpuFacts,
  OsFacts,
  Provenance,
  VulkanDriverFacts,
} from './host/host-facts.ts';
export { REASON_CODES, type ReasonCode } from './selection/reason-codes.ts';
export type {
  CandidateReport,
  CandidateStatus,
  EffectiveSetting,
  GateAnswer,
  Gates,
  RequestReport,
  SelectionReport,
  SelectionWarning,
} from './selection/selection-report.ts';
export {
  SETTING_LAYERS,
  type FallbackPolicy,
  type SettingLayer,
  type SettingSource,
  type SettingStatement,
} from './settings/setting-statement.ts';
export { DTYPES, bitsPerElement, isDType, type DType } from './tensor/dtype.ts';
export type { NumericTensor, StringTensor, Tensor, Tensors, ValueInfo } from './tensor/tensor.ts';
export { checkFeeds, checkOutputNames, describeValue } from './tensor/check-feeds.ts';
export { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from './tensor/float16.ts';
export { makeTensor, tensorFromBytes } from './tensor/make-tensor.ts';
export { byteLength, elementCount } from './tensor/tensor-shape.ts';
export { tensorValues } from './tensor/tensor-values.ts';
export { deepFreeze } from './util/deep-freeze.ts';
export { nearestName } from './util/nearest-name.ts';
