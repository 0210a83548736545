import { type OnnxDType, dtypeName } from '../dtype.ts';
import type { Dim, ValueSummary } from '../model-summary.ts';
import { type MessageShape, integer, message, text } from '../wire/message-shape.ts';
import { type ModelCollector } from './model-collector.ts';
import { noteDtype } from './tensor-proto.ts';

interface TypeState {
  readonly collector: ModelCollector;
  kind: ValueSummary['kind'];
  words: string;
  dtype: OnnxDType | null;
  shape: Dim[] | null;
}

interface DimState {
  dim: Dim;
}

/** A `ValueInfoProto` while it is read. */
export interface ValueState {
  name: string;
  readonly type: TypeState;
}

function newType(collector: ModelCollector): TypeState {
  return { collector, kind: 'unknown', words: 'unknown', dtype: null, shape: null };
}

export function newValue(collector: ModelCollector): ValueState {
  return { name: '', type: newType(collector) };
}

export function finishValue(value: ValueState): ValueSummary {
  const { kind, words, dtype, shape } = value.type;
  return { name: value.name, kind, type: words, dtype, shape };
}

const dimShape: MessageShape<DimState> = {
  fields: {
    // Exporters write -1 for a dimension that they do not know; an empty name says as little.
    1: integer('dim_value', (state, value) => (state.dim = value < 0 ? null : value)),
    2: text('dim_param', (state, value) => (state.dim = value === '' ? null : value)),
  },
};

const shapeShape: MessageShape<TypeState> = {
  fields: {
    1: message(
      'dim',
      () => dimShape,
      (): DimState => ({ dim: null }),
      (type: TypeState, { dim }) => {
        type.collector.keep(typeof dim === 'string' ? dim : '');
        type.shape?.push(dim);
      },
    ),
  },
};

function tensorTypeShape(kind: 'tensor' | 'sparse-tensor'): MessageShape<TypeState> {
  return {
    fields: {
      1: integer('elem_type', (type, value) => {
        type.dtype = dtypeName(value);
        type.words = `${kind}(${type.dtype})`;
        noteDtype(type.collector, type.dtype);
      }),
      2: message(
        'shape',
        () => shapeShape,
        (type: TypeState) => {
          type.shape = [];
          return type;
        },
      ),
    },
  };
}

const denseShape = tensorTypeShape('tensor');
const sparseShape = tensorTypeShape('sparse-tensor');

interface WrapperState {
  readonly inner: TypeState;
  key: string;
}

const sequenceShape: MessageShape<WrapperState> = {
  fields: {
    1: message(
      'elem_type',
      () => typeShape,
      (wrapper: WrapperState) => wrapper.inner,
    ),
  },
};

const mapShape: MessageShape<WrapperState> = {
  fields: {
    1: integer('key_type', (wrapper, value) => (wrapper.key = `${dtypeName(value)}, `)),
    2: message(
      'value_type',
      () => typeShape,
      (wrapper: WrapperState) => wrapper.inner,
    ),
  },
};

function wrapped(name: string, kind: 'sequence' | 'map' | 'optional', shape: MessageShape<WrapperState>) {
  return message(
    name,
    () => shape,
    (type: TypeState): WrapperState => ({ inner: newType(type.collector), key: '' }),
    (type, { inner, key }) => {
      type.kind = kind;
      type.words = `${kind}(${key}${inner.words})`;
    },
  );
}

function tensorOf(name: string, kind: 'tensor' | 'sparse-tensor', shape: MessageShape<TypeState>) {
  return message(
    name,
    () => shape,
    (type: TypeState) => {
      type.kind = kind;
      type.words = kind;
      return type;
    },
  );
}

const typeShape: MessageShape<TypeState> = {
  fields: {
    1: tensorOf('tensor_type', 'tensor', denseShape),
    4: wrapped('sequence_type', 'sequence', sequenceShape),
    5: wrapped('map_type', 'map', mapShape),
    7: message(
      'opaque_type',
      (): MessageShape<TypeState> => ({ fields: {} }),
      (type: TypeState) => {
        type.kind = 'opaque';
        type.words = 'opaque';
        return type;
      },
    ),
    8: tensorOf('sparse_tensor_type', 'sparse-tensor', sparseShape),
    9: wrapped('optional_type', 'optional', sequenceShape),
  },
};

export const valueInfoShape: MessageShape<ValueState> = {
  fields: {
    1: text('name', (value, name) => (value.name = name)),
    2: message(
      'type',
      () => typeShape,
      (value: ValueState) => value.type,
    ),
  },
};
