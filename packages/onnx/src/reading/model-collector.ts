import type { OnnxDType } from '../dtype.ts';
import type { FunctionSummary, SubgraphSummary } from '../model-summary.ts';
import { WireFault } from '../wire/wire-fault.ts';
import type { GraphState } from './graph-proto.ts';

/** Memory that names, metadata and lists may take, in bytes, roughly counted. Real models stay far below. */
const MAX_RETAINED = 32 * 1024 * 1024;

/** What one kept record costs beside its text. */
const RECORD_BYTES = 64;

/** A sum over tensors, while it grows. */
export interface RunningTotals {
  tensors: number;
  elements: number;
  bytes: number;
}

/** An external data reference as the file has it, before anybody looks at the disk. */
export interface ExternalReference {
  readonly tensor: string;
  readonly location: string;
  readonly offset: number;
  readonly length: number | null;
  readonly bytes: number | null;
}

/** Everything that a walk over a model keeps. */
export class ModelCollector {
  irVersion = 0;
  producerName = '';
  producerVersion = '';
  domain = '';
  modelVersion = 0;
  graph: GraphState | undefined;
  nodeCountWithSubgraphs = 0;
  readonly metadata: Map<string, string> = new Map();
  readonly truncatedMetadata: string[] = [];
  readonly opsets: Map<string, number> = new Map();
  readonly operators: Map<string, number> = new Map();
  readonly operatorsWithSubgraphs: Map<string, number> = new Map();
  readonly functions: FunctionSummary[] = [];
  readonly functionSubgraphs: SubgraphSummary[] = [];
  readonly externalData: ExternalReference[] = [];
  readonly dtypes: Set<OnnxDType> = new Set();
  readonly initializers: RunningTotals = { tensors: 0, elements: 0, bytes: 0 };
  readonly subgraphInitializers: RunningTotals = { tensors: 0, elements: 0, bytes: 0 };
  readonly constants: RunningTotals = { tensors: 0, elements: 0, bytes: 0 };
  #retained = 0;

  /** Accounts for a record that is kept, so that a hostile file cannot fill the memory. */
  keep(...texts: readonly string[]): void {
    this.#retained += RECORD_BYTES;
    for (const text of texts) this.#retained += text.length;
    if (this.#retained > MAX_RETAINED) {
      throw new WireFault('malformed', `names and lists take more than ${MAX_RETAINED} bytes`);
    }
  }

  /** Counts a node of the main graph, or of any other. */
  countOperator(op: string, main: boolean): void {
    this.nodeCountWithSubgraphs += 1;
    if (main) this.#increment(this.operators, op);
    this.#increment(this.operatorsWithSubgraphs, op);
  }

  #increment(counts: Map<string, number>, key: string): void {
    const before = counts.get(key);
    if (before === undefined) this.keep(key);
    counts.set(key, (before ?? 0) + 1);
  }
}

/** Adds one sum to another. */
export function addTotals(into: RunningTotals, from: RunningTotals): void {
  into.tensors += from.tensors;
  into.elements += from.elements;
  into.bytes += from.bytes;
}
