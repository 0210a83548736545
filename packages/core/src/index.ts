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
