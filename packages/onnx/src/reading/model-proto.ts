import { type MessageShape, integer, message, text } from '../wire/message-shape.ts';
import { type GraphState, graphShape, newGraph, nodeRule } from './graph-proto.ts';
import type { ModelCollector } from './model-collector.ts';
import { qualified } from './node-proto.ts';
import { entryShape } from './tensor-proto.ts';

interface OpsetState {
  domain: string;
  version: number;
}

const opsetShape: MessageShape<OpsetState> = {
  fields: {
    1: text('domain', (opset, domain) => (opset.domain = domain)),
    2: integer('version', (opset, version) => (opset.version = version)),
  },
};

/** A `FunctionProto`: a graph without values and initializers of its own. */
interface FunctionState extends GraphState {
  domain: string;
}

const functionShape: MessageShape<FunctionState> = {
  fields: {
    1: text('name', (body, name) => (body.name = name)),
    7: nodeRule,
    10: text('domain', (body, domain) => (body.domain = domain)),
  },
};

/** `ModelProto`. Training information is not read: no engine here runs it. */
export const modelShape: MessageShape<ModelCollector> = {
  fields: {
    1: integer('ir_version', (model, value) => (model.irVersion = value)),
    2: text('producer_name', (model, value) => (model.producerName = value)),
    3: text('producer_version', (model, value) => (model.producerVersion = value)),
    4: text('domain', (model, value) => (model.domain = value)),
    5: integer('model_version', (model, value) => (model.modelVersion = value)),
    // A field that comes twice is one message to protobuf, so the second goes on where the first ended.
    7: message(
      'graph',
      () => graphShape,
      (model: ModelCollector) => (model.graph ??= newGraph(model, true)),
    ),
    8: message(
      'opset_import',
      () => opsetShape,
      (): OpsetState => ({ domain: '', version: 0 }),
      keepOpset,
    ),
    14: message(
      'metadata_props',
      () => entryShape,
      () => ({ key: '', value: '', complete: true }),
      keepMetadata,
    ),
    25: message(
      'functions',
      () => functionShape,
      (model: ModelCollector): FunctionState => ({ ...newGraph(model, false), domain: '' }),
      keepFunction,
    ),
  },
};

function keepOpset(model: ModelCollector, { domain, version }: OpsetState): void {
  model.keep(domain);
  model.opsets.set(domain === '' ? 'ai.onnx' : domain, version);
}

function keepMetadata(model: ModelCollector, entry: { key: string; value: string; complete: boolean }): void {
  model.keep(entry.key, entry.value);
  model.metadata.set(entry.key, entry.value);
  if (!entry.complete) model.truncatedMetadata.push(entry.key);
}

function keepFunction(model: ModelCollector, { domain, name, nodes, subgraphs }: FunctionState): void {
  model.keep(domain, name);
  model.functions.push({ domain, name, nodes });
  const within = qualified(domain, name);
  for (const subgraph of subgraphs) model.functionSubgraphs.push({ ...subgraph, function: within });
}
