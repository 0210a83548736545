import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { dtypeNumber } from '../dtype.ts';
import type { SparseTensorSpec, TensorSpec, TypeSpec, ValueSpec } from './model-spec.ts';
import { toRawData } from './raw-data.ts';

const EXTERNAL = 1;

/** Writes one length-delimited field. */
export function nested(writer: BinaryWriter, field: number, write: (inner: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

/** Writes text, or nothing for undefined. */
export function text(writer: BinaryWriter, field: number, value: string | undefined): void {
  if (value !== undefined) writer.tag(field, WireType.LengthDelimited).string(value);
}

/** Writes an int64 field. */
export function int64(writer: BinaryWriter, field: number, value: number | bigint | undefined): void {
  if (value !== undefined) writer.tag(field, WireType.Varint).int64(value);
}

/** `StringStringEntryProto`. */
export function entry(writer: BinaryWriter, field: number, key: string, value: string): void {
  nested(writer, field, (inner) => {
    text(inner, 1, key);
    text(inner, 2, value);
  });
}

/** `ValueInfoProto`. */
export function value(writer: BinaryWriter, field: number, spec: ValueSpec): void {
  nested(writer, field, (inner) => {
    text(inner, 1, spec.name);
    nested(inner, 2, () => type(inner, spec));
  });
}

function type(writer: BinaryWriter, spec: TypeSpec): void {
  if ('sequence' in spec)
    return nested(writer, 4, () => nested(writer, 1, () => type(writer, spec.sequence)));
  if ('optional' in spec)
    return nested(writer, 9, () => nested(writer, 1, () => type(writer, spec.optional)));
  if ('map' in spec) {
    return nested(writer, 5, () => {
      int64(writer, 1, dtypeNumber(spec.map.key));
      nested(writer, 2, () => type(writer, spec.map.value));
    });
  }
  const { dtype, shape } = spec;
  nested(writer, 1, () => {
    int64(writer, 1, dtypeNumber(dtype));
    if (shape === undefined) return;
    nested(writer, 2, () => {
      for (const dim of shape) {
        nested(writer, 1, () => {
          if (typeof dim === 'number') int64(writer, 1, dim);
          else text(writer, 2, dim ?? undefined);
        });
      }
    });
  });
}

/** `TensorProto` in a field. */
export function tensor(writer: BinaryWriter, field: number, spec: TensorSpec): void {
  nested(writer, field, (inner) => tensorFields(inner, spec));
}

/** The fields of a `TensorProto`. */
export function tensorFields(writer: BinaryWriter, spec: TensorSpec): void {
  const { external, data } = spec;
  if ((data === undefined) === (external === undefined)) {
    throw new TypeError(`The tensor \`${spec.name ?? ''}\` needs exactly one of \`data\` and \`external\`.`);
  }
  const elements = spec.shape.reduce((product, dim) => product * dim, 1);
  for (const dim of spec.shape) int64(writer, 1, dim);
  int64(writer, 2, dtypeNumber(spec.dtype));
  if (data !== undefined && spec.dtype === 'string') {
    if (data.length !== elements)
      throw new RangeError(`A string tensor needs ${elements} texts, but has ${data.length}.`);
    for (const item of data) text(writer, 6, String(item));
  }
  text(writer, 8, spec.name);
  if (data !== undefined && spec.dtype !== 'string') {
    writer.tag(9, WireType.LengthDelimited).bytes(toRawData(spec.dtype, elements, data));
  }
  if (external === undefined) return;
  entry(writer, 13, 'location', external.location);
  if (external.offset !== undefined) entry(writer, 13, 'offset', String(external.offset));
  if (external.length !== undefined) entry(writer, 13, 'length', String(external.length));
  int64(writer, 14, EXTERNAL);
}

/** `SparseTensorProto`, with one index for each value. */
export function sparseTensor(writer: BinaryWriter, field: number, spec: SparseTensorSpec): void {
  const shape = [spec.indices.length];
  nested(writer, field, () => {
    tensor(writer, 1, { name: spec.name, dtype: spec.dtype, shape, data: spec.values });
    tensor(writer, 2, { dtype: 'int64', shape, data: spec.indices });
    for (const dim of spec.shape) int64(writer, 3, dim);
  });
}
