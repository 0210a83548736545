import type { Datatype } from '../datatype.ts';
import type { ByteWriter } from '../json/byte-writer.ts';
import { findInvalidUtf8 } from '../json/utf8.ts';
import type { NonFinitePolicy } from '../infer/codec-options.ts';
import type { TensorContent } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { splitElements } from './byte-elements.ts';
import { bfloat16ToNumber, float16ToNumber } from './float16.ts';
import { fromWireBytes } from './little-endian.ts';

const COMMA = 0x2c;
const TWO_32 = 4294967296;

/** A tensor on its way into JSON. */
export interface WritableTensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly content: TensorContent;
}

/** Writes the elements of a tensor as a flat array. */
export function writeData(
  writer: ByteWriter,
  tensor: WritableTensor,
  role: 'input' | 'output',
  nonFinite: NonFinitePolicy,
): void {
  const { content, datatype } = tensor;
  // Enough for nearly every tensor: a byte is at most three digits and a comma, a single about twelve.
  if (content.kind === 'bytes') writer.reserve(4 * content.bytes.length);
  writer.byte(0x5b);
  if (content.kind === 'elements') writeStrings(writer, content.elements, tensor, role);
  else if (content.kind === 'region') {
    throw new ProtocolError(
      'internal',
      `${role} '${tensor.name}' is in the shared memory region '${content.region}' and cannot be written as JSON`,
    );
  } else if (datatype === 'BYTES') {
    writeStrings(writer, splitElements(content.bytes, countStrings(content.bytes)), tensor, role);
  } else writeNumbers(writer, content.bytes, datatype, tensor.name, role, nonFinite);
  writer.byte(0x5d);
}

function writeNumbers(
  writer: ByteWriter,
  wire: Uint8Array,
  datatype: Exclude<Datatype, 'BYTES'>,
  name: string,
  role: string,
  nonFinite: NonFinitePolicy,
): void {
  switch (datatype) {
    case 'BOOL':
      for (let index = 0; index < wire.length; index += 1) {
        if (index > 0) writer.byte(COMMA);
        writer.ascii(wire[index] === 0 ? 'false' : 'true');
      }
      return;
    case 'UINT8':
      return writeIntegers(writer, wire);
    case 'INT8':
      return writeIntegers(writer, new Int8Array(wire.buffer, wire.byteOffset, wire.length));
    case 'UINT16':
    case 'INT16': {
      const { buffer, byteOffset, length } = fromWireBytes(wire, 2);
      return writeIntegers(
        writer,
        datatype === 'INT16'
          ? new Int16Array(buffer, byteOffset, length / 2)
          : new Uint16Array(buffer, byteOffset, length / 2),
      );
    }
    case 'UINT32':
    case 'INT32': {
      const { buffer, byteOffset, length } = fromWireBytes(wire, 4);
      return writeIntegers(
        writer,
        datatype === 'INT32'
          ? new Int32Array(buffer, byteOffset, length / 4)
          : new Uint32Array(buffer, byteOffset, length / 4),
      );
    }
    case 'UINT64':
    case 'INT64': {
      const { buffer, byteOffset, length } = fromWireBytes(wire, 4);
      return writeLargeIntegers(
        writer,
        new Uint32Array(buffer, byteOffset, length / 4),
        datatype === 'INT64',
      );
    }
    case 'FP16':
    case 'BF16': {
      const { buffer, byteOffset, length } = fromWireBytes(wire, 2);
      const toNumber = datatype === 'FP16' ? float16ToNumber : bfloat16ToNumber;
      const singles = Float32Array.from(new Uint16Array(buffer, byteOffset, length / 2), toNumber);
      return writeSingles(writer, singles, name, role, nonFinite);
    }
    case 'FP32': {
      const { buffer, byteOffset, length } = fromWireBytes(wire, 4);
      return writeSingles(writer, new Float32Array(buffer, byteOffset, length / 4), name, role, nonFinite);
    }
    case 'FP64': {
      const { buffer, byteOffset, length } = fromWireBytes(wire, 8);
      return writeDoubles(writer, new Float64Array(buffer, byteOffset, length / 8), name, role, nonFinite);
    }
  }
}

function writeIntegers(
  writer: ByteWriter,
  values: Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array,
): void {
  for (let index = 0; index < values.length; index += 1) {
    if (index > 0) writer.byte(COMMA);
    writer.integer(values[index]!);
  }
}

/** Integers of 64 bits as pairs of words, the low one first. */
function writeLargeIntegers(writer: ByteWriter, words: Uint32Array, signed: boolean): void {
  for (let index = 0; index < words.length; index += 2) {
    if (index > 0) writer.byte(COMMA);
    const low = words[index]!;
    const high = signed ? words[index + 1]! | 0 : words[index + 1]!;
    if (high < 2 ** 21 && high >= -(2 ** 21)) writer.integer(high * TWO_32 + low);
    else writer.ascii(String((BigInt(high) << 32n) | BigInt(low)));
  }
}

function writeSingles(
  writer: ByteWriter,
  values: Float32Array,
  name: string,
  role: string,
  nonFinite: NonFinitePolicy,
): void {
  for (let index = 0; index < values.length; index += 1) {
    if (index > 0) writer.byte(COMMA);
    const value = values[index]!;
    if (value - value === 0) writer.single(value);
    else writeNonFinite(writer, value, index, name, role, nonFinite);
  }
}

function writeDoubles(
  writer: ByteWriter,
  values: Float64Array,
  name: string,
  role: string,
  nonFinite: NonFinitePolicy,
): void {
  for (let index = 0; index < values.length; index += 1) {
    if (index > 0) writer.byte(COMMA);
    const value = values[index]!;
    if (value - value === 0) writer.double(value);
    else writeNonFinite(writer, value, index, name, role, nonFinite);
  }
}

function writeNonFinite(
  writer: ByteWriter,
  value: number,
  index: number,
  name: string,
  role: string,
  nonFinite: NonFinitePolicy,
): void {
  switch (nonFinite) {
    case 'token':
      return writer.ascii(String(value));
    case 'string':
      return writer.string(String(value));
    case 'null':
      return writer.ascii('null');
    case 'error':
      throw new ProtocolError(
        'invalid-argument',
        `element ${index} of ${role} '${name}' is ${value}, which JSON does not have. Ask for it as binary data ('binary_data': true).`,
      );
  }
}

function writeStrings(
  writer: ByteWriter,
  elements: readonly Uint8Array[],
  tensor: WritableTensor,
  role: string,
): void {
  for (let index = 0; index < elements.length; index += 1) {
    if (index > 0) writer.byte(COMMA);
    const element = elements[index]!;
    if (findInvalidUtf8(element, 0, element.length) >= 0) {
      throw new ProtocolError(
        'invalid-argument',
        `element ${index} of ${role} '${tensor.name}' is not UTF-8, which JSON must be. Please use binary data ('binary_data': true).`,
      );
    }
    writer.utf8(element);
  }
}

function countStrings(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  for (let position = 0; position + 4 <= bytes.length; count += 1) {
    position += 4 + view.getUint32(position, true);
  }
  return count;
}
