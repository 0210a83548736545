import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { AttributeSpec, GraphSpec, NodeSpec } from './model-spec.ts';
import { int64, nested, sparseTensor, tensor, text, value } from './write-value.ts';

/** Numbers of `AttributeProto.AttributeType`. */
const TYPE = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, floats: 6, ints: 7, strings: 8, graphs: 10 };

/** `GraphProto`. */
export function graph(writer: BinaryWriter, field: number, spec: GraphSpec): void {
  nested(writer, field, () => {
    for (const item of spec.nodes) node(writer, 1, item);
    text(writer, 2, spec.name ?? 'graph');
    for (const item of spec.initializers ?? []) tensor(writer, 5, item);
    for (const item of spec.inputs ?? []) value(writer, 11, item);
    for (const item of spec.outputs) value(writer, 12, item);
    for (const item of spec.values ?? []) value(writer, 13, item);
    for (const item of spec.sparseInitializers ?? []) sparseTensor(writer, 15, item);
  });
}

/** `NodeProto`. */
export function node(writer: BinaryWriter, field: number, spec: NodeSpec): void {
  nested(writer, field, () => {
    for (const name of spec.inputs ?? []) text(writer, 1, name);
    for (const name of spec.outputs) text(writer, 2, name);
    text(writer, 3, spec.name);
    text(writer, 4, spec.op);
    for (const [name, attributeSpec] of Object.entries(spec.attributes ?? {}))
      attribute(writer, name, attributeSpec);
    text(writer, 7, spec.domain);
  });
}

function attribute(writer: BinaryWriter, name: string, spec: AttributeSpec): void {
  nested(writer, 5, () => {
    text(writer, 1, name);
    attributeValue(writer, spec);
    const kind = Object.keys(TYPE).find((key) => key in spec) as keyof typeof TYPE;
    int64(writer, 20, TYPE[kind]);
  });
}

function attributeValue(writer: BinaryWriter, spec: AttributeSpec): void {
  if ('float' in spec) writer.tag(2, WireType.Bit32).float(spec.float);
  else if ('int' in spec) int64(writer, 3, spec.int);
  else if ('string' in spec) text(writer, 4, spec.string);
  else if ('tensor' in spec) tensor(writer, 5, spec.tensor);
  else if ('graph' in spec) graph(writer, 6, spec.graph);
  else if ('floats' in spec) for (const item of spec.floats) writer.tag(7, WireType.Bit32).float(item);
  else if ('ints' in spec) for (const item of spec.ints) int64(writer, 8, item);
  else if ('strings' in spec) for (const item of spec.strings) text(writer, 9, item);
  else for (const item of spec.graphs) graph(writer, 11, item);
}
