import { type OnnxDType, dtypeBytes, dtypeName } from '../dtype.ts';
import { type MessageShape, integer, integers, message, payload, text } from '../wire/message-shape.ts';
import { WireFault } from '../wire/wire-fault.ts';
import type { ModelCollector, RunningTotals } from './model-collector.ts';

const EXTERNAL = 1;

/** A `TensorProto` while it is read: everything but its data. */
export interface TensorState {
  name: string;
  elements: number;
  dataType: number;
  /** Bytes of `raw_data` and `string_data` that were stepped over. */
  stored: number;
  dataLocation: number;
  readonly external: Map<string, string>;
}

export function newTensor(): TensorState {
  return { name: '', elements: 1, dataType: 0, stored: 0, dataLocation: 0, external: new Map() };
}

interface Entry {
  key: string;
  value: string;
}

/** `StringStringEntryProto`. */
export const entryShape: MessageShape<Entry & { complete: boolean }> = {
  fields: {
    1: text('key', (entry, value) => (entry.key = value)),
    2: text('value', (entry, value, complete) => {
      entry.value = value;
      entry.complete = complete;
    }),
  },
};

export const tensorShape: MessageShape<TensorState> = {
  fields: {
    1: integers('dims', multiply),
    2: integer('data_type', (tensor, value) => (tensor.dataType = value)),
    4: payload('float_data', () => {}),
    5: payload('int32_data', () => {}),
    6: payload('string_data', (tensor, length) => (tensor.stored += length)),
    7: payload('int64_data', () => {}),
    8: text('name', (tensor, value) => (tensor.name = value)),
    9: payload('raw_data', (tensor, length) => (tensor.stored += length)),
    10: payload('double_data', () => {}),
    11: payload('uint64_data', () => {}),
    13: message(
      'external_data',
      () => entryShape,
      () => ({ key: '', value: '', complete: true }),
      (tensor: TensorState, entry) => {
        // The format knows five keys; more would only be a way to take memory.
        if (tensor.external.size < 16) tensor.external.set(entry.key, entry.value);
      },
    ),
    14: integer('data_location', (tensor, value) => (tensor.dataLocation = value)),
  },
};

/** A `SparseTensorProto` while it is read. */
export interface SparseTensorState {
  readonly values: TensorState;
  readonly indices: TensorState;
}

export function newSparseTensor(): SparseTensorState {
  return { values: newTensor(), indices: { ...newTensor(), elements: 1 } };
}

export const sparseTensorShape: MessageShape<SparseTensorState> = {
  fields: {
    1: message(
      'values',
      () => tensorShape,
      (sparse: SparseTensorState) => sparse.values,
    ),
    2: message(
      'indices',
      () => tensorShape,
      (sparse: SparseTensorState) => sparse.indices,
    ),
  },
};

function multiply(tensor: TensorState, dim: number): void {
  if (dim < 0) throw new WireFault('malformed', `${dim} is no length of a dimension`);
  tensor.elements *= dim;
  if (!Number.isSafeInteger(tensor.elements))
    throw new WireFault('malformed', 'a tensor has more than 2^53 elements');
}

/** What the tensor adds to a sum. Its dtype and its external file are noted on the way. */
export function finishTensor(collector: ModelCollector, tensor: TensorState): RunningTotals {
  const dtype = dtypeName(tensor.dataType);
  noteDtype(collector, dtype);
  const bytes = dtypeBytes(dtype, tensor.elements);
  const external = tensor.dataLocation === EXTERNAL;
  const length = external ? externalNumber(tensor, 'length') : null;
  if (external) {
    const location = tensor.external.get('location') ?? '';
    collector.keep(tensor.name, location);
    const offset = externalNumber(tensor, 'offset') ?? 0;
    collector.externalData.push({ tensor: tensor.name, location, offset, length, bytes: length ?? bytes });
  }
  return { tensors: 1, elements: tensor.elements, bytes: bytes ?? length ?? tensor.stored };
}

/** The same for a sparse tensor: the values that it stores, and the bytes of values and indices. */
export function finishSparseTensor(collector: ModelCollector, sparse: SparseTensorState): RunningTotals {
  const values = finishTensor(collector, sparse.values);
  const indices = finishTensor(collector, sparse.indices);
  return { tensors: 1, elements: values.elements, bytes: values.bytes + indices.bytes };
}

export function noteDtype(collector: ModelCollector, dtype: OnnxDType): void {
  if (collector.dtypes.has(dtype)) return;
  collector.keep(dtype);
  collector.dtypes.add(dtype);
}

function externalNumber(tensor: TensorState, key: 'offset' | 'length'): number | null {
  const value = tensor.external.get(key);
  if (value === undefined) return null;
  const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  throw new WireFault('malformed', `external data has the ${key} ${JSON.stringify(value.slice(0, 40))}`);
}
