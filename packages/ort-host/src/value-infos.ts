import { ModelError, isDType, type DType, type ValueInfo } from '@switchyard/core';
import { ORT_DTYPES } from './ort-facts.ts';
import type { OrtValueMetadata } from './ort-library.ts';

/** Inputs or outputs in the words of the contract. Throws a `ModelError` for one that cannot be carried. */
export function valueInfos(
  metadata: readonly OrtValueMetadata[],
  kind: 'input' | 'output',
  model: string,
): readonly ValueInfo[] {
  return metadata.map((value) => ({
    name: value.name,
    dtype: dtypeOf(value, kind, model),
    // The binding writes a free dimension without a name as an empty one.
    shape: (value.shape ?? []).map((dimension) => (dimension === '' ? null : dimension)),
  }));
}

function dtypeOf(value: OrtValueMetadata, kind: string, model: string): DType {
  const { type } = value;
  if (value.isTensor && type !== undefined && isDType(type) && ORT_DTYPES.includes(type)) return type;
  const found = value.isTensor
    ? `a tensor of ${String(type)}`
    : 'no tensor (a sequence, a map or an optional)';
  throw new ModelError(
    'model-unsupported',
    `The ${kind} \`${value.name}\` of \`${model}\` is ${found}, which the Node.js binding of ONNX Runtime cannot carry.`,
    { model, remedy: `Export the model with tensors of ${ORT_DTYPES.join(', ')} at its borders.` },
  );
}
