import { ModelError, type DType, type NumericTensor, type ValueInfo } from '@switchyard/core';
import type {
  CompiledModel,
  InferRequest,
  Model,
  Output,
  SupportedTypedArray,
  elementTypeString,
} from 'openvino-node';
import { saidText } from './openvino-error.ts';

/** One dimension: a fixed size or bounds, `null` where there is no bound. */
export type PortDimension = number | { readonly minimum: number; readonly maximum: number | null };

/** One input or output of a compiled model. */
export interface OpenvinoPort {
  readonly info: ValueInfo & { readonly dtype: NumericTensor['dtype'] };
  readonly element: elementTypeString;
  readonly dimensions: readonly PortDimension[];
}

interface ElementType {
  readonly dtype: Exclude<DType, 'string'>;
  readonly bytes: number;
  readonly wrap: (buffer: ArrayBuffer) => SupportedTypedArray;
}

const ELEMENT_TYPES: Readonly<Partial<Record<elementTypeString, ElementType>>> = Object.freeze({
  f32: { dtype: 'float32', bytes: 4, wrap: (buffer) => new Float32Array(buffer) },
  f64: { dtype: 'float64', bytes: 8, wrap: (buffer) => new Float64Array(buffer) },
  i8: { dtype: 'int8', bytes: 1, wrap: (buffer) => new Int8Array(buffer) },
  i16: { dtype: 'int16', bytes: 2, wrap: (buffer) => new Int16Array(buffer) },
  i32: { dtype: 'int32', bytes: 4, wrap: (buffer) => new Int32Array(buffer) },
  i64: { dtype: 'int64', bytes: 8, wrap: (buffer) => new BigInt64Array(buffer) },
  u8: { dtype: 'uint8', bytes: 1, wrap: (buffer) => new Uint8Array(buffer) },
  u16: { dtype: 'uint16', bytes: 2, wrap: (buffer) => new Uint16Array(buffer) },
  u32: { dtype: 'uint32', bytes: 4, wrap: (buffer) => new Uint32Array(buffer) },
  u64: { dtype: 'uint64', bytes: 8, wrap: (buffer) => new BigUint64Array(buffer) },
});

/** OpenVINO's names of element types that the binding cannot carry, in Switchyard's words. */
const REFUSED: Readonly<Record<string, DType>> = Object.freeze({
  f16: 'float16',
  bf16: 'bfloat16',
  boolean: 'bool',
  i4: 'int4',
  u4: 'uint4',
  string: 'string',
});

/** What is known of an element type that the binding can carry; `undefined` for any other word. */
export function elementType(word: string): ElementType | undefined {
  return Object.hasOwn(ELEMENT_TYPES, word) ? ELEMENT_TYPES[word as elementTypeString] : undefined;
}

function readDimensions(port: Output, title: string, model: string): PortDimension[] {
  try {
    return port
      .getPartialShape()
      .getDimensions()
      .map((dimension) => {
        if (typeof dimension === 'number') return dimension < 0 ? { minimum: 0, maximum: null } : dimension;
        const [minimum, maximum] = dimension;
        return { minimum: Math.max(minimum, 0), maximum: maximum < 0 || maximum >= 2 ** 31 ? null : maximum };
      });
  } catch (error) {
    throw new ModelError(
      'model-unsupported',
      `${title} of \`${model}\` has no fixed number of dimensions, which OpenVINO devices do not support (${saidText(error)}).`,
      { model, remedy: 'Export the model with a fixed rank, or use another backend.', cause: error },
    );
  }
}

function describePort(port: Output, word: string, role: 'Input' | 'Output', model: string): OpenvinoPort {
  const name = port.getAnyName();
  const title = `${role} \`${name}\``;
  const type = elementType(word);
  if (type === undefined) {
    const dtype = Object.hasOwn(REFUSED, word) ? REFUSED[word] : word;
    throw new ModelError(
      'model-unsupported',
      `${title} of \`${model}\` has the element type ${String(dtype)}, and openvino-node can carry only float32, float64 and integers of 8 to 64 bits.`,
      { model, remedy: 'Use another backend, or export the model with float32 inputs and outputs.' },
    );
  }
  const dimensions = readDimensions(port, title, model);
  const shape = dimensions.map((dimension) => (typeof dimension === 'number' ? dimension : null));
  return { info: { name, dtype: type.dtype, shape }, element: word as elementTypeString, dimensions };
}

/**
 * Inputs and outputs in the order of the compiled model. Element types of inputs come from the
 * tensors of an inference request, because openvino-node's `Output` does not tell them; at run
 * time `getElementType()` gives a word (`f32`), whatever its declaration says. Throws a
 * `ModelError` with `model-unsupported` for element types that the binding cannot carry.
 */
export function readPorts(
  compiled: CompiledModel,
  request: InferRequest,
  source: Model,
  model: string,
): { inputs: OpenvinoPort[]; outputs: OpenvinoPort[] } {
  const inputs = compiled.inputs.map((port, index) =>
    describePort(port, String(request.getInputTensor(index).getElementType()), 'Input', model),
  );
  const outputs = compiled.outputs.map((port, index) =>
    describePort(port, source.getOutputElementType(index), 'Output', model),
  );
  return { inputs, outputs };
}

/** The index of the port that a name means, or `null` where there is none. */
export type PortLookup = (name: string) => number | null;

/** Finds a port by its name, or by another name that OpenVINO knows the same tensor by. */
export function createLookup(
  ports: readonly OpenvinoPort[],
  find: (name: string) => { getAnyName(): string },
): PortLookup {
  const indexOf = (name: string): number => ports.findIndex((port) => port.info.name === name);
  return (name) => {
    const direct = indexOf(name);
    if (direct >= 0) return direct;
    try {
      const alias = indexOf(find(name).getAnyName());
      return alias >= 0 ? alias : null;
    } catch {
      // The binding's only way to say that it has no tensor of that name.
      return null;
    }
  };
}
