export { buildModel } from './build-model.ts';
export { buildTensor } from './build-tensor.ts';
export { addModel, identityModel, ifModel, loopModel, mlpModel } from './sample-models.ts';
export { toBfloat16Bits, toFloat16Bits } from './half-float.ts';
export { writeHoledModel } from './write-holed-model.ts';
export type {
  AttributeSpec,
  ExternalSpec,
  FunctionSpec,
  GraphSpec,
  ModelSpec,
  NodeSpec,
  SparseTensorSpec,
  TensorData,
  TensorSpec,
  TensorTypeSpec,
  TypeSpec,
  ValueSpec,
} from './model-spec.ts';
