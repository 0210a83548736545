import type { KnownOnnxDType } from '../dtype.ts';
import type { Dim } from '../model-summary.ts';

/** A tensor type; without a shape its rank is unknown. */
export interface TensorTypeSpec {
  readonly dtype: KnownOnnxDType;
  readonly shape?: readonly Dim[];
}

/** Any value type that the builder can write. */
export type TypeSpec =
  | TensorTypeSpec
  | { readonly sequence: TypeSpec }
  | { readonly optional: TypeSpec }
  | { readonly map: { readonly key: KnownOnnxDType; readonly value: TypeSpec } };

/** A named input, output or intermediate value. */
export type ValueSpec = TypeSpec & { readonly name: string };

/**
 * Tensor elements. Plain arrays are converted to the dtype (float16 and bfloat16 are rounded to nearest even, four-bit
 * types are packed). A `Uint16Array` for a 16-bit float and a `Uint8Array` for a float8 are taken as bits; complex
 * numbers are pairs of real and imaginary part.
 */
export type TensorData =
  | readonly number[]
  | readonly bigint[]
  | readonly boolean[]
  | readonly string[]
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** Where an external tensor lies, in the words of `TensorProto.external_data`. */
export interface ExternalSpec {
  readonly location: string;
  readonly offset?: number;
  readonly length?: number;
}

/** A tensor with its data, or with the place where its data is. */
export interface TensorSpec {
  readonly name?: string;
  readonly dtype: KnownOnnxDType;
  readonly shape: readonly number[];
  /** Exactly one of `data` and `external`. */
  readonly data?: TensorData;
  readonly external?: ExternalSpec;
}

/** A tensor that stores some of its elements: `indices` are positions in the flattened tensor, ascending. */
export interface SparseTensorSpec {
  readonly name: string;
  readonly dtype: KnownOnnxDType;
  readonly shape: readonly number[];
  readonly indices: readonly number[];
  readonly values: TensorData;
}

/** One attribute value, tagged, because 1 may be an int or a float. */
export type AttributeSpec =
  | { readonly int: number | bigint }
  | { readonly ints: readonly (number | bigint)[] }
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly string: string }
  | { readonly strings: readonly string[] }
  | { readonly tensor: TensorSpec }
  | { readonly graph: GraphSpec }
  | { readonly graphs: readonly GraphSpec[] };

/** A node. An empty input name is an omitted optional input. */
export interface NodeSpec {
  readonly op: string;
  readonly domain?: string;
  readonly name?: string;
  readonly inputs?: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeSpec>>;
}

/** A graph, or the body of `If`, `Loop` or `Scan`. */
export interface GraphSpec {
  /** (optional) Default: `graph`. */
  readonly name?: string;
  readonly inputs?: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
  readonly values?: readonly ValueSpec[];
  readonly nodes: readonly NodeSpec[];
  readonly initializers?: readonly (TensorSpec & { readonly name: string })[];
  readonly sparseInitializers?: readonly SparseTensorSpec[];
}

/** A function that the model brings along. */
export interface FunctionSpec {
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly NodeSpec[];
  readonly opset?: number;
}

/** A whole model. */
export interface ModelSpec extends GraphSpec {
  /** (optional) Default: 9. */
  readonly irVersion?: number;
  /** (optional) Version of `ai.onnx`, or every domain's version by name. Default: 17. */
  readonly opset?: number | Readonly<Record<string, number>>;
  /** (optional) Default: `switchyard` without a version. */
  readonly producer?: { readonly name: string; readonly version?: string };
  readonly domain?: string;
  readonly modelVersion?: number;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly functions?: readonly FunctionSpec[];
}
