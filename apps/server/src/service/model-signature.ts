import type { DType, ValueInfo } from '@switchyard/core';
import { bytesPerElement, type Datatype } from '@switchyard/open-inference';
import type { ServedModel } from '../repository/model-repository.ts';
import { wireDatatype } from './wire-datatype.ts';

/** An input or output of a served model in the terms of the protocol. */
export interface ValueSignature {
  readonly name: string;
  readonly dtype: DType;
  /** `null` for element types that the protocol has no name for. */
  readonly datatype: Datatype | null;
  /** Bytes of an element, `null` for strings and for what the protocol has no name for. */
  readonly elementBytes: number | null;
  /** A free dimension is -1; the batch dimension is included. */
  readonly shape: readonly number[];
  /**
   * For every axis the slot of its name in {@link ModelSignature.slots}, -1 where the name occurs once only.
   * `null` where no axis has one.
   */
  readonly slotOfAxis: readonly number[] | null;
}

/** What a served model wants and gives, worked out once and looked up for every request. */
export interface ModelSignature {
  readonly model: ServedModel;
  /** Whether the first dimension of everything is the batch. */
  readonly batched: boolean;
  readonly inputs: ReadonlyMap<string, ValueSignature>;
  readonly outputs: ReadonlyMap<string, ValueSignature>;
  /** Names of free dimensions that have to be equal wherever they occur. */
  readonly slots: readonly string[];
}

const signatures = new WeakMap<ServedModel, ModelSignature>();

/** The signature of a served model. */
export function signatureOf(model: ServedModel): ModelSignature {
  const known = signatures.get(model);
  if (known !== undefined) return known;
  const signature = makeSignature(model);
  signatures.set(model, signature);
  return signature;
}

function makeSignature(model: ServedModel): ModelSignature {
  const batched = model.maxBatchSize > 0;
  const slots = repeatedNames(model.executor.inputs, batched);
  const inputs = model.executor.inputs.map((value) => {
    const slotOfAxis = value.shape.map((size, axis) =>
      batched && axis === 0 ? -1 : slots.indexOf(typeof size === 'string' ? size : ''),
    );
    return valueSignature(value, model.config['input'], batched, slotOfAxis);
  });
  const outputs = model.executor.outputs.map((value) =>
    valueSignature(value, model.config['output'], batched, []),
  );
  return {
    model,
    batched,
    inputs: byName(inputs, model.config['input'], false),
    outputs: byName(outputs, model.config['output'], true),
    slots,
  };
}

function valueSignature(
  value: ValueInfo,
  configured: unknown,
  batched: boolean,
  slotOfAxis: readonly number[],
): ValueSignature {
  const datatype = wireDatatype(value.dtype);
  return {
    name: value.name,
    dtype: value.dtype,
    datatype,
    elementBytes: datatype === null ? null : bytesPerElement(datatype),
    shape: narrowed(value, entryOf(configured, value.name)?.['dims'], batched),
    slotOfAxis: slotOfAxis.some((slot) => slot >= 0) ? slotOfAxis : null,
  };
}

/** What the model leaves free, a configuration may fix. */
function narrowed(value: ValueInfo, dims: unknown, batched: boolean): readonly number[] {
  const shape = value.shape.map((size) => (typeof size === 'number' ? size : -1));
  if (batched && shape.length > 0) shape[0] = -1;
  if (!Array.isArray(dims)) return shape;
  const all = [...(batched ? [-1] : []), ...dims.map(Number)];
  if (all.length !== shape.length) return shape;
  return shape.map((size, axis) => (size === -1 ? all[axis]! : size));
}

/** In the order of the configuration, which for outputs also says which of them are served. */
function byName(
  values: readonly ValueSignature[],
  configured: unknown,
  onlyConfigured: boolean,
): ReadonlyMap<string, ValueSignature> {
  const all = new Map(values.map((value) => [value.name, value]));
  const named = entries(configured).flatMap((entry) => {
    const value = all.get(String(entry['name']));
    return value === undefined ? [] : [value];
  });
  if (named.length === 0) return all;
  const rest = onlyConfigured ? [] : values.filter((value) => !named.includes(value));
  return new Map([...named, ...rest].map((value) => [value.name, value]));
}

function entryOf(configured: unknown, name: string): Readonly<Record<string, unknown>> | undefined {
  return entries(configured).find((entry) => entry['name'] === name);
}

function entries(configured: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(configured)) return [];
  return configured.filter((entry) => typeof entry === 'object' && entry !== null);
}

/** The batch dimension is left out: it is compared on its own, with words of its own. */
function repeatedNames(inputs: readonly ValueInfo[], batched: boolean): readonly string[] {
  const seen = new Map<string, number>();
  for (const input of inputs) {
    for (const size of batched ? input.shape.slice(1) : input.shape) {
      if (typeof size === 'string') seen.set(size, (seen.get(size) ?? 0) + 1);
    }
  }
  return [...seen].filter(([, times]) => times > 1).map(([name]) => name);
}
