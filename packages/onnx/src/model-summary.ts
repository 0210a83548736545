import type { OnnxDType } from './dtype.ts';

/** One dimension: its length, the name of a symbolic one, or null where the model says nothing. */
export type Dim = number | string | null;

/** An input or output of the main graph. */
export interface ValueSummary {
  readonly name: string;
  /** What the value is. Only `tensor` and `sparse-tensor` have a dtype and a shape of their own. */
  readonly kind: 'tensor' | 'sparse-tensor' | 'sequence' | 'map' | 'optional' | 'opaque' | 'unknown';
  /** The type in words: `tensor(float32)`, `sequence(tensor(int64))`, `map(string, tensor(float32))`. */
  readonly type: string;
  /** Element type, or null for a value that is no tensor. */
  readonly dtype: OnnxDType | null;
  /** Dimensions; `[]` is a scalar, null is an unknown rank or a value that is no tensor. */
  readonly shape: readonly Dim[] | null;
}

/** A sum over tensors. */
export interface TensorTotals {
  readonly tensors: number;
  /** Elements by shape. A sparse tensor counts the values that it stores. */
  readonly elements: number;
  /** Bytes by shape and dtype; by stored length for strings and unknown dtypes. A sparse tensor adds its indices. */
  readonly bytes: number;
}

/** A graph inside a node: a branch of `If`, the body of `Loop` or `Scan`. Parents come before their children. */
export interface SubgraphSummary {
  /** Name of the owning node, or `Op#index` in its graph where it has none. */
  readonly node: string;
  /** Operator of the owning node, domain-qualified like the histogram's keys. */
  readonly op: string;
  readonly attribute: string;
  readonly graphName: string;
  /** Nodes directly in this graph. */
  readonly nodes: number;
  /** 1 for a graph in a node of the main graph or of a function, 2 for one inside that, and so on. */
  readonly depth: number;
  /** The local function that holds it, as `domain.name`, or null for the main graph. */
  readonly function: string | null;
}

/** A function that the model defines itself. */
export interface FunctionSummary {
  readonly domain: string;
  readonly name: string;
  /** Nodes directly in its body. */
  readonly nodes: number;
}

/** A tensor whose data lies in another file. */
export interface ExternalDataEntry {
  readonly tensor: string;
  /** As the model writes it: meant to be relative to the model's folder, with `/`. */
  readonly location: string;
  /** First byte in that file. */
  readonly offset: number;
  /** Bytes as the model says, or null where it does not. */
  readonly length: number | null;
  /** Bytes that the tensor needs: `length`, or else what its shape and dtype come to; null where neither is known. */
  readonly bytes: number | null;
  /**
   * True when the location is absolute, climbs out of the model's folder, or is a link that leads neither into that
   * folder nor into the one that the model itself is linked from. Such a file is never looked at.
   */
  readonly outside: boolean;
  /** Whether the file is there; null when it was not looked for (outside, or no folder is known). */
  readonly exists: boolean | null;
  /** Size of the file in bytes, or null when it is absent or was not looked for. */
  readonly fileBytes: number | null;
}

/** What an ONNX file says about itself, read without its weights. Plain data, safe for JSON. */
export interface ModelSummary {
  /** As the caller named it. */
  readonly path: string;
  readonly fileBytes: number;
  /** 0 where the model does not say. */
  readonly irVersion: number;
  readonly producer: { readonly name: string; readonly version: string };
  readonly domain: string;
  /** Beyond 2^53 rounded to the nearest number. */
  readonly modelVersion: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** Keys of `metadata` whose value was cut at 1 MiB. */
  readonly truncatedMetadata: readonly string[];
  /** Domain to version; the default domain is `ai.onnx`. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly graphName: string;
  /** Inputs that a caller must feed: those that are initializers too are left out. */
  readonly inputs: readonly ValueSummary[];
  readonly outputs: readonly ValueSummary[];
  /** Operator to count in the main graph, most frequent first; `domain.Op` outside `ai.onnx`. */
  readonly operators: Readonly<Record<string, number>>;
  /** The same with all subgraphs and local functions, each function body counted once. */
  readonly operatorsWithSubgraphs: Readonly<Record<string, number>>;
  readonly nodeCount: number;
  readonly nodeCountWithSubgraphs: number;
  readonly subgraphs: readonly SubgraphSummary[];
  readonly functions: readonly FunctionSummary[];
  /** Elements of the main graph's initializers, dense and sparse. */
  readonly parameterCount: number;
  /** Bytes of the main graph's initializers, wherever they are stored. */
  readonly parameterBytes: number;
  readonly initializers: TensorTotals;
  readonly subgraphInitializers: TensorTotals;
  /** Tensors in the `value` and `sparse_value` attributes of `Constant` nodes, in all graphs. */
  readonly constants: TensorTotals;
  readonly externalData: readonly ExternalDataEntry[];
  /** Element types of inputs, outputs, listed values and tensors in any graph, in alphabetical order. */
  readonly dtypes: readonly OnnxDType[];
}
