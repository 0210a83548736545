import { ModelError, isDType, type DType, type ValueInfo } from '@switchyard/core';
import type { EngineValue } from './engine.ts';
import { WASM_DTYPES } from './wasm-facts.ts';

/** How the engine writes a free dimension without a name: -1, read as an unsigned number. */
const FREE = 2 ** 32 - 1;

/** Inputs or outputs in the words of the contract. Throws a `ModelError` for one that cannot be carried. */
export function valueInfos(
  values: readonly EngineValue[],
  kind: 'input' | 'output',
  model: string,
): readonly ValueInfo[] {
  return values.map((value) => ({
    name: value.name,
    dtype: dtypeOf(value, kind, model),
    shape: (value.shape ?? []).map((dimension) =>
      dimension === FREE || dimension === -1 || dimension === '' ? null : dimension,
    ),
  }));
}

function dtypeOf(value: EngineValue, kind: string, model: string): DType {
  const { type } = value;
  if (value.isTensor && type !== undefined && isDType(type) && WASM_DTYPES.includes(type)) return type;
  const found = value.isTensor
    ? `a tensor of ${String(type)}`
    : 'no tensor (a sequence, a map or an optional)';
  throw new ModelError(
    'model-unsupported',
    `The ${kind} \`${value.name}\` of \`${model}\` is ${found}, which onnxruntime-web cannot carry.`,
    { model, remedy: `Export the model with tensors of ${WASM_DTYPES.join(', ')} at its borders.` },
  );
}
