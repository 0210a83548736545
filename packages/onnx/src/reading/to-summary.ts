import type { ExternalDataEntry, ModelSummary } from '../model-summary.ts';
import type { ExternalReference, ModelCollector } from './model-collector.ts';

/** Puts what was collected into the form that callers see. Whether external files exist is not known yet. */
export function toSummary(
  path: string,
  fileBytes: number,
  model: ModelCollector,
  graph: NonNullable<ModelCollector['graph']>,
): ModelSummary {
  return {
    path,
    fileBytes,
    irVersion: model.irVersion,
    producer: { name: model.producerName, version: model.producerVersion },
    domain: model.domain,
    modelVersion: model.modelVersion,
    metadata: Object.fromEntries(model.metadata),
    truncatedMetadata: model.truncatedMetadata,
    opsets: Object.fromEntries(model.opsets),
    graphName: graph.name,
    inputs: graph.inputs.filter((input) => !graph.initializerNames.has(input.name)),
    outputs: graph.outputs,
    operators: histogram(model.operators),
    operatorsWithSubgraphs: histogram(model.operatorsWithSubgraphs),
    nodeCount: graph.nodes,
    nodeCountWithSubgraphs: model.nodeCountWithSubgraphs,
    subgraphs: [...graph.subgraphs, ...model.functionSubgraphs],
    functions: model.functions,
    parameterCount: model.initializers.elements,
    parameterBytes: model.initializers.bytes,
    initializers: model.initializers,
    subgraphInitializers: model.subgraphInitializers,
    constants: model.constants,
    externalData: model.externalData.map(unchecked),
    dtypes: [...model.dtypes].toSorted(),
  };
}

function histogram(counts: ReadonlyMap<string, number>): Record<string, number> {
  const byCount = [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return Object.fromEntries(byCount);
}

function unchecked(reference: ExternalReference): ExternalDataEntry {
  return { ...reference, outside: isOutside(reference.location), exists: null, fileBytes: null };
}

/**
 * Whether a location leaves the model's folder, by its text alone, under the rules of any platform: a model that is
 * harmless here must not climb out elsewhere. Where links lead is a question for the disk.
 */
function isOutside(location: string): boolean {
  if (/^([\\/]|[A-Za-z]:)/.test(location)) return true;
  let depth = 0;
  for (const part of location.split(/[\\/]/)) {
    if (part === '..') depth -= 1;
    else if (part !== '' && part !== '.') depth += 1;
    if (depth < 0) return true;
  }
  return false;
}
