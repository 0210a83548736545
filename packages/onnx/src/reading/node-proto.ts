import { type FieldRule, type MessageShape, message, text } from '../wire/message-shape.ts';
import { type GraphState, graphShape, newGraph } from './graph-proto.ts';
import { type RunningTotals, addTotals } from './model-collector.ts';
import {
  finishSparseTensor,
  finishTensor,
  newSparseTensor,
  newTensor,
  sparseTensorShape,
  tensorShape,
} from './tensor-proto.ts';

/** A `NodeProto` while it is read. */
export interface NodeState {
  readonly graph: GraphState;
  name: string;
  op: string;
  domain: string;
  readonly tensors: RunningTotals;
  readonly graphs: { readonly attribute: string; readonly graph: GraphState }[];
}

export function newNode(graph: GraphState): NodeState {
  return { graph, name: '', op: '', domain: '', tensors: { tensors: 0, elements: 0, bytes: 0 }, graphs: [] };
}

interface AttributeState {
  readonly node: NodeState;
  name: string;
  readonly graphs: GraphState[];
}

function tensorIn(name: string): FieldRule<AttributeState> {
  return message(
    name,
    () => tensorShape,
    newTensor,
    (attribute: AttributeState, tensor) =>
      addTotals(attribute.node.tensors, finishTensor(attribute.node.graph.collector, tensor)),
  );
}

function sparseTensorIn(name: string): FieldRule<AttributeState> {
  return message(
    name,
    () => sparseTensorShape,
    newSparseTensor,
    (attribute: AttributeState, sparse) =>
      addTotals(attribute.node.tensors, finishSparseTensor(attribute.node.graph.collector, sparse)),
  );
}

function graphIn(name: string): FieldRule<AttributeState> {
  return message(
    name,
    () => graphShape,
    (attribute: AttributeState) => newGraph(attribute.node.graph.collector, false),
    (attribute, graph) => {
      attribute.node.graph.collector.keep(graph.name);
      attribute.graphs.push(graph);
    },
  );
}

const attributeShape: MessageShape<AttributeState> = {
  fields: {
    1: text('name', (attribute, name) => (attribute.name = name)),
    5: tensorIn('t'),
    6: graphIn('g'),
    10: tensorIn('tensors'),
    11: graphIn('graphs'),
    22: sparseTensorIn('sparse_tensor'),
    23: sparseTensorIn('sparse_tensors'),
  },
};

export const nodeShape: MessageShape<NodeState> = {
  fields: {
    3: text('name', (node, name) => (node.name = name)),
    4: text('op_type', (node, op) => (node.op = op)),
    5: message(
      'attribute',
      () => attributeShape,
      (node: NodeState): AttributeState => ({ node, name: '', graphs: [] }),
      (node, attribute) => {
        for (const graph of attribute.graphs) node.graphs.push({ attribute: attribute.name, graph });
      },
    ),
    7: text('domain', (node, domain) => (node.domain = domain)),
  },
};

/** Counts a node that has been read. Only now are its operator and name known: fields may come in any order. */
export function finishNode(graph: GraphState, node: NodeState): void {
  const { collector } = graph;
  const op = qualified(node.domain, node.op);
  collector.countOperator(op, graph.main);
  if (op === 'Constant') addTotals(collector.constants, node.tensors);
  const owner = node.name === '' ? `${op}#${graph.nodes}` : node.name;
  graph.nodes += 1;
  for (const { attribute, graph: inner } of node.graphs) {
    collector.keep(owner, attribute);
    const { name: graphName, nodes } = inner;
    graph.subgraphs.push({ node: owner, op, attribute, graphName, nodes, depth: 1, function: null });
    for (const deeper of inner.subgraphs) graph.subgraphs.push({ ...deeper, depth: deeper.depth + 1 });
  }
}

/** An operator's or function's name with its domain, which the default domain leaves out. */
export function qualified(domain: string, name: string): string {
  return domain === '' || domain === 'ai.onnx' ? name : `${domain}.${name}`;
}
