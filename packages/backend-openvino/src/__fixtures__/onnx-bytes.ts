/** Writes ONNX files of a few nodes, field numbers from onnx.proto3 (IR version 8). */
const text = new TextEncoder();

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

function number(field: number, value: number): number[] {
  return [...varint(field * 8), ...varint(value)];
}

function block(field: number, content: Iterable<number>): number[] {
  const bytes = [...content];
  return [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes];
}

function word(field: number, content: string): number[] {
  return block(field, text.encode(content));
}

export interface OnnxValue {
  readonly name: string;
  /** ONNX element type: 1 float32, 2 uint8, 6 int32, 7 int64, 9 bool, 10 float16, 11 float64. */
  readonly type: number;
  readonly shape: readonly (number | string)[];
}

export interface OnnxNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

function value(field: number, info: OnnxValue): number[] {
  const shape = info.shape.flatMap((size) => block(1, typeof size === 'number' ? number(1, size) : word(2, size)));
  return block(field, [...word(1, info.name), ...block(2, block(1, [...number(1, info.type), ...block(2, shape)]))]);
}

/** A constant whose bytes are in another file. */
export interface OnnxExternal {
  readonly name: string;
  readonly type: number;
  readonly shape: readonly number[];
  /** File beside the model. */
  readonly location: string;
  readonly length: number;
}

function externalTensor({ name, type, shape, location, length }: OnnxExternal): number[] {
  const entry = (key: string, content: string): number[] => block(13, [...word(1, key), ...word(2, content)]);
  return block(5, [
    ...shape.flatMap((size) => number(1, size)),
    ...number(2, type),
    ...word(8, name),
    ...entry('location', location),
    ...entry('offset', '0'),
    ...entry('length', String(length)),
    ...number(14, 1),
  ]);
}

/** An ONNX model (opset 13) of the given nodes. */
export function onnxBytes(graph: {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly external?: readonly OnnxExternal[];
}): Uint8Array {
  const nodes = graph.nodes.flatMap((node, index) =>
    block(1, [
      ...node.inputs.flatMap((name) => word(1, name)),
      ...node.outputs.flatMap((name) => word(2, name)),
      ...word(3, `${node.type}-${index}`),
      ...word(4, node.type),
    ]),
  );
  const body = [
    ...nodes,
    ...word(2, 'graph'),
    ...(graph.external ?? []).flatMap((tensor) => externalTensor(tensor)),
    ...graph.inputs.flatMap((info) => value(11, info)),
    ...graph.outputs.flatMap((info) => value(12, info)),
  ];
  return Uint8Array.from([...number(1, 8), ...block(8, number(2, 13)), ...block(7, body)]);
}
