import type { ByteWriter } from '../json/byte-writer.ts';
import type { Parameters, ParameterValue, TensorContent, WireTensor } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { joinElements } from '../tensor/byte-elements.ts';
import type { EncodedBody } from './codec-options.ts';

/** Writes a string of JSON, a number or a boolean. */
export function writeParameter(writer: ByteWriter, name: string, value: ParameterValue): void {
  writer.string(name);
  writer.byte(0x3a);
  if (typeof value === 'string') writer.string(value);
  else if (typeof value !== 'number') writer.ascii(String(value));
  else if (Number.isFinite(value)) {
    writer.double(value);
    // Digits alone would read as an exact integer, which this number is not known to be.
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER && Math.abs(value) < 1e21) writer.ascii('.0');
  } else {
    throw new ProtocolError('invalid-argument', `parameter '${name}' is ${value}, which JSON does not have`);
  }
}

/** Writes the members of an object of parameters, each with a comma before it unless it is the first. */
export function writeParameters(writer: ByteWriter, parameters: Parameters): void {
  let first = true;
  for (const [name, value] of parameters) {
    if (!first) writer.byte(0x2c);
    first = false;
    writeParameter(writer, name, value);
  }
}

/** Writes `{"name":...,"datatype":...,"shape":[...]`, the beginning of a tensor. */
export function writeTensorStart(writer: ByteWriter, tensor: WireTensor): void {
  writer.ascii('{"name":');
  writer.string(tensor.name);
  writer.ascii(',"datatype":"');
  writer.ascii(tensor.datatype);
  writer.ascii('","shape":[');
  const { shape } = tensor;
  for (let index = 0; index < shape.length; index += 1) {
    if (index > 0) writer.byte(0x2c);
    writer.integer(shape[index]!);
  }
  writer.byte(0x5d);
}

/** The bytes of a tensor as they follow the JSON; `null` for shared memory. */
export function blobOf(content: TensorContent): Uint8Array | null {
  switch (content.kind) {
    case 'bytes':
      return content.bytes;
    case 'elements':
      return joinElements(content.elements);
    case 'region':
      return null;
  }
}

/** The JSON and what follows it. */
export function encodedBody(head: Uint8Array, blobs: readonly Uint8Array[]): EncodedBody {
  let byteLength = head.length;
  const chunks: Uint8Array[] = [head];
  for (const blob of blobs) {
    if (blob.length === 0) continue;
    chunks.push(blob);
    byteLength += blob.length;
  }
  const binary = chunks.length > 1;
  return {
    chunks,
    byteLength,
    headerLength: binary ? head.length : null,
    contentType: binary ? 'application/octet-stream' : 'application/json',
  };
}
