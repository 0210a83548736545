import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

// An independent, naive route to the same facts: the whole file in memory, every field kept as bytes, read through
// protobuf-es. Shares no code with the reader under test.

type Fields = Map<number, (Uint8Array | bigint)[]>;

function fields(bytes: Uint8Array): Fields {
  const reader = new BinaryReader(bytes);
  const result: Fields = new Map();
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    const list = result.get(field) ?? [];
    result.set(field, list);
    if (wire === WireType.Varint) list.push(BigInt(reader.int64()));
    else if (wire === WireType.LengthDelimited) list.push(reader.bytes());
    else reader.skip(wire);
  }
  return result;
}

const messages = (from: Fields, field: number): Fields[] =>
  (from.get(field) ?? []).map((item) => fields(item as Uint8Array));
const text = (from: Fields, field: number): string =>
  new TextDecoder().decode((from.get(field)?.[0] as Uint8Array | undefined) ?? new Uint8Array());
const number = (from: Fields, field: number): number => Number(from.get(field)?.at(-1) ?? 0n);
const elements = (tensor: Fields): number =>
  (tensor.get(1) ?? []).reduce((product, dim) => product * Number(dim), 1);

// raw_data; int64_data, packed or one varint each; float_data, packed.
function storedBytes(tensor: Fields): number {
  const length = (item: Uint8Array | bigint | undefined): number => (item instanceof Uint8Array ? item.length : 0);
  let bytes = length(tensor.get(9)?.[0]) + length(tensor.get(4)?.[0]);
  for (const item of tensor.get(7) ?? []) {
    bytes += typeof item === 'bigint' ? 8 : 8 * item.filter((byte) => byte < 0x80).length;
  }
  return bytes;
}

export interface NaiveFacts {
  irVersion: number;
  producer: string;
  opset: number;
  inputs: string[];
  outputs: string[];
  nodes: number;
  nodesWithSubgraphs: number;
  subgraphs: number;
  operators: Record<string, number>;
  parameters: number;
  storedBytes: number;
  constants: number;
}

export function decodeFully(bytes: Uint8Array): NaiveFacts {
  const model = fields(bytes);
  const graph = messages(model, 7)[0]!;
  const initializers = messages(graph, 5);
  const names = new Set(initializers.map((tensor) => text(tensor, 8)));
  const facts: NaiveFacts = {
    irVersion: number(model, 1),
    producer: text(model, 2),
    opset: number(messages(model, 8).find((opset) => text(opset, 1) === '')!, 2),
    inputs: messages(graph, 11)
      .map((value) => text(value, 1))
      .filter((name) => !names.has(name)),
    outputs: messages(graph, 12).map((value) => text(value, 1)),
    nodes: messages(graph, 1).length,
    nodesWithSubgraphs: 0,
    subgraphs: 0,
    operators: {},
    parameters: initializers.reduce((sum, tensor) => sum + elements(tensor), 0),
    storedBytes: 0,
    constants: 0,
  };
  const visit = (inner: Fields): void => {
    for (const node of messages(inner, 1)) {
      const op = text(node, 4);
      facts.nodesWithSubgraphs += 1;
      facts.operators[op] = (facts.operators[op] ?? 0) + 1;
      for (const attribute of messages(node, 5)) {
        if (op === 'Constant') {
          for (const tensor of messages(attribute, 5)) {
            facts.constants += elements(tensor);
            facts.storedBytes += storedBytes(tensor);
          }
        }
        for (const subgraph of messages(attribute, 6)) {
          facts.subgraphs += 1;
          visit(subgraph);
        }
      }
    }
  };
  visit(graph);
  return facts;
}
