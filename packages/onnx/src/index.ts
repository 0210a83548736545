export { inspectModel, type InspectModelOptions } from './inspect-model.ts';
export { readTensor, type OnnxTensor } from './read-tensor.ts';
export { inspectModelBytes } from './inspect-model-bytes.ts';
export { checkExternalData } from './external-data/check-external-data.ts';
export { OnnxFileError, type OnnxFileErrorCode, type OnnxFileErrorInit } from './errors/onnx-file-error.ts';
export { dtypeBits, dtypeBytes, type KnownOnnxDType, type OnnxDType } from './dtype.ts';
export type {
  Dim,
  ExternalDataEntry,
  FunctionSummary,
  ModelSummary,
  SubgraphSummary,
  TensorTotals,
  ValueSummary,
} from './model-summary.ts';
