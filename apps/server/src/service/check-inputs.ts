import { ProtocolError, type WireTensor } from '@switchyard/open-inference';
import type { ModelSignature, ValueSignature } from './model-signature.ts';
import { shown } from '../repository/texts.ts';
import { invalid, nameList, shapeText } from './texts.ts';

const PREPENDED =
  'NOTE: Setting a non-zero max_batch_size in the model config requires a batch dimension to be prepended ' +
  'to each input shape.';

/** Engines keep dimensions in 32 bits. */
const LARGEST_DIMENSION = 2 ** 31 - 1;

/**
 * Checks the inputs of a request against the model: names, datatypes, shapes, and the batch. Looks at no
 * element.
 *
 * @returns the rows of the request, 1 for a model without a batch dimension
 * @throws ProtocolError invalid-argument with Triton's words
 */
export function checkInputs(inputs: readonly WireTensor[], signature: ModelSignature): number {
  const wanted = signature.inputs;
  if (inputs.length !== wanted.size || repeats(inputs)) throw misfit(inputs, signature);
  const sizes: number[] | null = signature.slots.length === 0 ? null : [];
  let rows = 1;
  for (let index = 0; index < inputs.length; index += 1) {
    const input = inputs[index]!;
    const value = wanted.get(input.name);
    if (value === undefined) throw misfit(inputs, signature);
    checkDatatype(input, value, signature);
    checkShape(input, value, signature);
    if (sizes !== null && value.slotOfAxis !== null) checkSlots(input, value.slotOfAxis, sizes, signature);
    if (!signature.batched) continue;
    const batch = input.shape[0]!;
    if (index === 0) rows = batch;
    else if (batch !== rows) {
      throw invalid(
        `input '${input.name}' batch size does not match other inputs for '${signature.model.name}'. ` +
          `It has ${batch} rows, but '${inputs[0]!.name}' has ${rows}`,
      );
    }
  }
  if (signature.batched && rows > signature.model.maxBatchSize) {
    throw invalid(
      `inference request batch-size must be <= ${signature.model.maxBatchSize} for '${signature.model.name}', ` +
        `got ${rows}`,
    );
  }
  return rows;
}

function checkDatatype(input: WireTensor, value: ValueSignature, signature: ModelSignature): void {
  if (input.datatype === value.datatype) return;
  if (value.datatype === null) {
    throw new ProtocolError(
      'unsupported',
      `input '${value.name}' of model '${signature.model.name}' is ${value.dtype}, which the protocol has no datatype for`,
    );
  }
  throw invalid(
    `inference input '${value.name}' data-type is '${input.datatype}', but model '${signature.model.name}' ` +
      `expects '${value.datatype}'`,
  );
}

function checkShape(input: WireTensor, value: ValueSignature, signature: ModelSignature): void {
  const { shape } = input;
  const wanted = value.shape;
  if (signature.batched && shape.length === 0) {
    throw invalid(
      `input '${value.name}' has no shape but model requires batch dimension for '${signature.model.name}'`,
    );
  }
  let fits = shape.length === wanted.length;
  for (let axis = 0; fits && axis < wanted.length; axis += 1) {
    fits = wanted[axis] === -1 || wanted[axis] === shape[axis];
    // With a 0 beside it, it has no elements that would be too many.
    if (shape[axis]! > LARGEST_DIMENSION) {
      throw invalid(
        `unexpected shape for input '${value.name}' for model '${signature.model.name}'. Dimension ${axis} is ` +
          `${shape[axis]}, and ${LARGEST_DIMENSION} is the most that engines count to`,
      );
    }
  }
  if (fits) return;
  throw invalid(
    `unexpected shape for input '${value.name}' for model '${signature.model.name}'. Expected ${shapeText(wanted)}, ` +
      `got ${shapeText(shape.slice(0, 64))}.${signature.batched ? ` ${PREPENDED}` : ''}`,
  );
}

/** A run in a batch would fail for everybody in it, so what the engine would find is found here. */
function checkSlots(
  input: WireTensor,
  slotOfAxis: readonly number[],
  sizes: number[],
  signature: ModelSignature,
): void {
  for (let axis = 0; axis < slotOfAxis.length; axis += 1) {
    const slot = slotOfAxis[axis]!;
    if (slot < 0) continue;
    const size = input.shape[axis]!;
    const other = (sizes[slot] ??= size);
    if (other === size) continue;
    throw invalid(
      `unexpected shape for input '${input.name}' for model '${signature.model.name}'. Dimension ` +
        `'${signature.slots[slot]}' is ${size}, but ${other} where it occurs first`,
    );
  }
}

function repeats(inputs: readonly WireTensor[]): boolean {
  if (inputs.length > 8) return new Set(inputs.map(({ name }) => name)).size < inputs.length;
  for (let index = 1; index < inputs.length; index += 1) {
    for (let before = 0; before < index; before += 1) {
      if (inputs[before]!.name === inputs[index]!.name) return true;
    }
  }
  return false;
}

/** Names that do not fit, in the order in which Triton notices: twice, not enough, too many. */
function misfit(inputs: readonly WireTensor[], signature: ModelSignature): ProtocolError {
  const model = signature.model.name;
  const given = new Set<string>();
  for (const { name } of inputs) {
    if (given.has(name)) return invalid(`input '${shown(name)}' already exists in request`);
    given.add(name);
  }
  const missing = [...signature.inputs.keys()].filter((name) => !given.has(name));
  if (inputs.length !== signature.inputs.size && missing.length > 0) {
    return invalid(
      `expected ${signature.inputs.size} inputs but got ${inputs.length} inputs for model '${model}'. ` +
        `Got input(s) ${nameList([...given])}, but missing required input(s) ${nameList(missing)}. ` +
        'Please provide all required input(s).',
    );
  }
  const unknown = [...given].find((name) => !signature.inputs.has(name)) ?? '';
  return invalid(`unexpected inference input '${shown(unknown)}' for model '${model}'`);
}
