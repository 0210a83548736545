import type { SubgraphSummary, ValueSummary } from '../model-summary.ts';
import { type FieldRule, type MessageShape, message, text } from '../wire/message-shape.ts';
import { type ModelCollector, addTotals } from './model-collector.ts';
import { finishNode, newNode, nodeShape } from './node-proto.ts';
import {
  finishSparseTensor,
  finishTensor,
  newSparseTensor,
  newTensor,
  sparseTensorShape,
  tensorShape,
} from './tensor-proto.ts';
import { type ValueState, finishValue, newValue, valueInfoShape } from './value-info-proto.ts';

/** A `GraphProto`, or the body of a function, while it is read. */
export interface GraphState {
  readonly collector: ModelCollector;
  /** Only the main graph keeps its inputs, outputs and the names of its initializers. */
  readonly main: boolean;
  name: string;
  nodes: number;
  readonly inputs: ValueSummary[];
  readonly outputs: ValueSummary[];
  readonly initializerNames: Set<string>;
  /** All graphs below this one, parents first, with depths counted from here. */
  readonly subgraphs: SubgraphSummary[];
}

export function newGraph(collector: ModelCollector, main: boolean): GraphState {
  return {
    collector,
    main,
    name: '',
    nodes: 0,
    inputs: [],
    outputs: [],
    initializerNames: new Set(),
    subgraphs: [],
  };
}

function value(name: string, into: (graph: GraphState) => ValueSummary[] | undefined): FieldRule<GraphState> {
  return message(
    name,
    () => valueInfoShape,
    (graph: GraphState): ValueState => newValue(graph.collector),
    (graph, state) => {
      const list = into(graph);
      if (list === undefined) return;
      graph.collector.keep(state.name);
      list.push(finishValue(state));
    },
  );
}

/** The rule for a node, which graphs and functions have under different numbers. */
export const nodeRule: FieldRule<GraphState> = message('node', () => nodeShape, newNode, finishNode);

export const graphShape: MessageShape<GraphState> = {
  fields: {
    1: nodeRule,
    2: text('name', (graph, name) => (graph.name = name)),
    5: message(
      'initializer',
      () => tensorShape,
      newTensor,
      (graph: GraphState, tensor) => {
        addTotals(totalsOf(graph), finishTensor(graph.collector, tensor));
        keepName(graph, tensor.name);
      },
    ),
    11: value('input', (graph) => (graph.main ? graph.inputs : undefined)),
    12: value('output', (graph) => (graph.main ? graph.outputs : undefined)),
    13: value('value_info', () => undefined),
    15: message(
      'sparse_initializer',
      () => sparseTensorShape,
      newSparseTensor,
      (graph: GraphState, sparse) => {
        addTotals(totalsOf(graph), finishSparseTensor(graph.collector, sparse));
        keepName(graph, sparse.values.name);
      },
    ),
  },
};

function totalsOf(graph: GraphState): ModelCollector['initializers'] {
  return graph.main ? graph.collector.initializers : graph.collector.subgraphInitializers;
}

function keepName(graph: GraphState, name: string): void {
  if (!graph.main) return;
  graph.collector.keep(name);
  graph.initializerNames.add(name);
}
