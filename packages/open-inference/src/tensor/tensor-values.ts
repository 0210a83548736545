import type { Datatype } from '../datatype.ts';
import { DEFAULT_CODEC_LIMITS } from '../infer/codec-options.ts';
import { NO_PARAMETERS } from '../infer/read-parameters.ts';
import type { TensorContent, WireTensor } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { splitElements } from './byte-elements.ts';
import { countElements } from './element-count.ts';
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from './float16.ts';
import { integerRange } from './integer-ranges.ts';
import { fromWireBytes, toWireBytes } from './little-endian.ts';

/** Elements of a tensor in JavaScript: FP16 and BF16 as Float32Array, BOOL as booleans, BYTES as strings. */
export type TensorValues =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array
  | readonly boolean[]
  | readonly string[];

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The elements of a tensor, row-major: views of its memory where datatype and alignment allow, so do not
 * write to them.
 *
 * @throws invalid-argument for BYTES that are not UTF-8 (`content.elements` has them), and for a tensor in
 *   shared memory
 */
export function valuesOf(tensor: WireTensor): TensorValues {
  const { content, datatype, name } = tensor;
  if (content.kind === 'region') {
    refuse(
      `tensor '${name}' is in the shared memory region '${content.region}', which only its owner can read`,
    );
  }
  if (datatype === 'BYTES') return decodeElements(tensor, content);
  if (content.kind === 'elements') refuse(`tensor '${name}' of ${datatype} has elements of BYTES`);
  const { bytes } = content;
  switch (datatype) {
    case 'BOOL':
      return Array.from(bytes, (value) => value !== 0);
    case 'UINT8':
      return bytes;
    case 'INT8':
      return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    case 'UINT16':
      return view(Uint16Array, bytes);
    case 'INT16':
      return view(Int16Array, bytes);
    case 'UINT32':
      return view(Uint32Array, bytes);
    case 'INT32':
      return view(Int32Array, bytes);
    case 'UINT64':
      return view(BigUint64Array, bytes);
    case 'INT64':
      return view(BigInt64Array, bytes);
    case 'FP16':
      return Float32Array.from(view(Uint16Array, bytes), float16ToNumber);
    case 'BF16':
      return Float32Array.from(view(Uint16Array, bytes), bfloat16ToNumber);
    case 'FP32':
      return view(Float32Array, bytes);
    case 'FP64':
      return view(Float64Array, bytes);
  }
}

/**
 * A tensor of values, row-major. The bytes of a typed array of the same elements are not copied.
 *
 * @throws invalid-argument when a value does not fit the datatype or their number the shape
 */
export function tensorFrom(
  name: string,
  datatype: Datatype,
  shape: readonly number[],
  values: ArrayLike<number | bigint | boolean | string | Uint8Array>,
): WireTensor {
  const odd = shape.find((size) => !Number.isSafeInteger(size) || size < 0);
  if (odd !== undefined)
    refuse(`tensor '${name}' has the size ${odd} in its shape, expected integers of 0 or more`);
  const count = countElements(
    { role: 'input', name, forModel: '' },
    datatype,
    shape,
    DEFAULT_CODEC_LIMITS.maxElements,
  );
  if (count !== values.length) {
    refuse(
      `tensor '${name}' of shape [${shape.join(',')}] has ${count} elements, got ${values.length} values`,
    );
  }
  return {
    name,
    datatype,
    shape: [...shape],
    content: encode(name, datatype, values),
    parameters: NO_PARAMETERS,
  };
}

function encode(
  name: string,
  datatype: Datatype,
  values: ArrayLike<number | bigint | boolean | string | Uint8Array>,
): TensorContent {
  if (datatype === 'BYTES') {
    const elements = Array.from(values, (value, index) => {
      if (value instanceof Uint8Array) return value;
      return typeof value === 'string' ? ENCODER.encode(value) : refuseValue(name, datatype, index, value);
    });
    return { kind: 'elements', elements };
  }
  if (datatype === 'BOOL') {
    const bytes = Uint8Array.from({ length: values.length }, (_, index) => {
      const value = values[index];
      if (value === true || value === 1) return 1;
      return value === false || value === 0 ? 0 : refuseValue(name, datatype, index, value);
    });
    return { kind: 'bytes', bytes };
  }
  const native = NATIVE[datatype];
  if (native !== null && values instanceof native) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return { kind: 'bytes', bytes: fromWireBytes(bytes, native.BYTES_PER_ELEMENT) };
  }
  return { kind: 'bytes', bytes: convert(name, datatype, values) };
}

/** Arrays whose elements are those of the wire; none has FP16 and BF16, which are made from numbers. */
const NATIVE = {
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP16: null,
  BF16: null,
  FP32: Float32Array,
  FP64: Float64Array,
} as const;

function convert(
  name: string,
  datatype: Exclude<Datatype, 'BYTES' | 'BOOL'>,
  values: ArrayLike<number | bigint | boolean | string | Uint8Array>,
): Uint8Array {
  switch (datatype) {
    case 'FP16':
    case 'BF16': {
      const toBits = datatype === 'FP16' ? numberToFloat16 : numberToBfloat16;
      return toWireBytes(
        Uint16Array.from({ length: values.length }, (_, index) =>
          toBits(number(name, datatype, values, index)),
        ),
      );
    }
    case 'FP32':
    case 'FP64': {
      const array = new NATIVE[datatype](values.length);
      for (let index = 0; index < values.length; index += 1)
        array[index] = number(name, datatype, values, index);
      return toWireBytes(array);
    }
    case 'INT64':
    case 'UINT64': {
      const array = new NATIVE[datatype](values.length);
      const range = integerRange(datatype);
      for (let index = 0; index < values.length; index += 1) {
        array[index] = integer(name, datatype, range, values, index);
      }
      return toWireBytes(array);
    }
    default: {
      const array = new NATIVE[datatype](values.length);
      const range = integerRange(datatype);
      for (let index = 0; index < values.length; index += 1) {
        array[index] = Number(integer(name, datatype, range, values, index));
      }
      return toWireBytes(array);
    }
  }
}

function number(
  name: string,
  datatype: Datatype,
  values: ArrayLike<number | bigint | boolean | string | Uint8Array>,
  index: number,
): number {
  const value = values[index];
  return typeof value === 'number' ? value : refuseValue(name, datatype, index, value);
}

function integer(
  name: string,
  datatype: Datatype,
  range: readonly [bigint, bigint],
  values: ArrayLike<number | bigint | boolean | string | Uint8Array>,
  index: number,
): bigint {
  const value = values[index];
  const exact = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof exact === 'bigint' && exact >= range[0] && exact <= range[1]) return exact;
  return refuseValue(name, datatype, index, value);
}

function view<Elements>(
  type: {
    readonly BYTES_PER_ELEMENT: number;
    new (buffer: ArrayBufferLike, byteOffset: number, length: number): Elements;
  },
  bytes: Uint8Array,
): Elements {
  const width = type.BYTES_PER_ELEMENT;
  const { buffer, byteOffset, length } = fromWireBytes(bytes, width);
  return new type(buffer, byteOffset, length / width);
}

function decodeElements(tensor: WireTensor, content: TensorContent): readonly string[] {
  const elements =
    content.kind === 'elements'
      ? content.elements
      : content.kind === 'bytes'
        ? splitElements(
            content.bytes,
            tensor.shape.reduce((product, size) => product * size, 1),
          )
        : [];
  return elements.map((element, index) => {
    try {
      return DECODER.decode(element);
    } catch (cause) {
      throw new ProtocolError(
        'invalid-argument',
        `element ${index} of tensor '${tensor.name}' is not UTF-8: read \`content.elements\` instead.`,
        { cause },
      );
    }
  });
}

function refuseValue(name: string, datatype: Datatype, index: number, value: unknown): never {
  return refuse(
    `element ${index} of tensor '${name}' is ${typeof value === 'string' ? 'a string' : String(value)}, which does not fit ${datatype}`,
  );
}

function refuse(text: string): never {
  throw new ProtocolError('invalid-argument', text);
}
