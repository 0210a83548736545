import type { TensorContent, WireTensor } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { splitElements } from './byte-elements.ts';
import { bfloat16ToNumber, float16ToNumber } from './float16.ts';
import { fromWireBytes } from './little-endian.ts';

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

function refuse(text: string): never {
  throw new ProtocolError('invalid-argument', text);
}
