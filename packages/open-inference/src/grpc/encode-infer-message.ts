import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { InferResponse, Parameters, TensorContent, WireTensor } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import type { ModelInferRequest } from './decode-infer-request.ts';
import type { ModelStreamInferResponse } from './decode-infer-response.ts';
import { writeParameter } from './infer-parameters.ts';

const REGION_PARAMETERS: ReadonlySet<string> = new Set([
  'shared_memory_region',
  'shared_memory_offset',
  'shared_memory_byte_size',
]);

/** What protobuf allows for one message. */
const MAX_BYTES = 2 ** 31 - 1;
const LONGEST_VARINT = 5;

/** The bytes of a `ModelInferRequest`, with raw contents for every input that is not in shared memory. */
export function encodeModelInferRequest(message: ModelInferRequest): Buffer {
  const { modelName, modelVersion, request } = message;
  const writer = new BinaryWriter();
  if (modelName !== '') writer.uint32(0x0a).string(modelName);
  if (modelVersion !== '') writer.uint32(0x12).string(modelVersion);
  if (request.id !== '') writer.uint32(0x1a).string(request.id);
  writeParameters(writer, 4, request.parameters);
  for (const input of request.inputs) writeTensor(writer, input);
  for (const output of request.outputs) {
    writer.uint32(0x32).fork();
    writer.uint32(0x0a).string(output.name);
    writeParameters(writer, 2, output.parameters);
    writer.join();
  }
  const raw = request.inputs.map((input) => input.content).filter((content) => content.kind !== 'region');
  return assemble(null, writer.finish(), 0x3a, raw);
}

/**
 * The bytes of a `ModelInferResponse`, with a raw entry for every output: an empty one for an output in
 * shared memory. Contents are copied once, into the result.
 */
export function encodeModelInferResponse(response: InferResponse): Buffer {
  return assemble(null, writeHead(response), 0x32, contentsOf(response));
}

/** The bytes of a `ModelStreamInferResponse`. */
export function encodeModelStreamInferResponse(message: ModelStreamInferResponse): Buffer {
  const writer = new BinaryWriter();
  if (message.errorMessage !== '') writer.uint32(0x0a).string(message.errorMessage);
  const prefix = writer.finish();
  if (message.response === null) return Buffer.from(prefix);
  return assemble(prefix, writeHead(message.response), 0x32, contentsOf(message.response));
}

function writeHead(response: InferResponse): Uint8Array {
  const writer = new BinaryWriter();
  if (response.modelName !== '') writer.uint32(0x0a).string(response.modelName);
  if (response.modelVersion !== '') writer.uint32(0x12).string(response.modelVersion);
  if (response.id !== '') writer.uint32(0x1a).string(response.id);
  writeParameters(writer, 4, response.parameters);
  for (const output of response.outputs) writeTensor(writer, output);
  return writer.finish();
}

function contentsOf(response: InferResponse): readonly TensorContent[] {
  return response.outputs.map((output) => output.content);
}

function writeParameters(writer: BinaryWriter, field: number, parameters: Parameters): void {
  for (const [name, value] of parameters) writeParameter(writer, field, name, value);
}

/** All but the contents, which inputs and outputs have at the end of the message. */
function writeTensor(writer: BinaryWriter, tensor: WireTensor): void {
  const { name, datatype, shape, parameters, content } = tensor;
  writer.uint32(0x2a).fork();
  writer.uint32(0x0a).string(name);
  writer.uint32(0x12).string(datatype);
  if (shape.length > 0) {
    writer.uint32(0x1a).fork();
    for (const size of shape) {
      // Of a size that 32 bits hold, both give the same bytes, and this one needs no bigint.
      if (size <= 0xffff_ffff) writer.uint32(size);
      else writer.int64(size);
    }
    writer.join();
  }
  if (content.kind !== 'region') writeParameters(writer, 4, parameters);
  else {
    for (const [key, value] of parameters) {
      if (!REGION_PARAMETERS.has(key)) writeParameter(writer, 4, key, value);
    }
    writeParameter(writer, 4, 'shared_memory_region', content.region);
    if (content.offset !== 0) writeParameter(writer, 4, 'shared_memory_offset', content.offset);
    writeParameter(writer, 4, 'shared_memory_byte_size', content.byteSize);
  }
  writer.join();
}

/** `prefix` is what stands before this message where it is field 2 of another one. */
function assemble(
  prefix: Uint8Array | null,
  head: Uint8Array,
  tag: number,
  contents: readonly TensorContent[],
): Buffer {
  let inner = head.length;
  for (const content of contents) {
    const size = byteLengthOf(content);
    inner += 1 + varintLength(size) + size;
  }
  const outer = prefix === null ? 0 : prefix.length + 1 + varintLength(inner);
  if (inner + outer > MAX_BYTES) {
    throw new ProtocolError(
      'too-large',
      `the message would have ${inner + outer} bytes; gRPC carries at most ${MAX_BYTES}.`,
    );
  }
  const target = Buffer.allocUnsafe(inner + outer);
  let position = 0;
  if (prefix !== null) {
    target.set(prefix, 0);
    position = prefix.length;
    target[position] = 0x12;
    position = putVarint(target, position + 1, inner);
  }
  target.set(head, position);
  position += head.length;
  for (const content of contents) {
    target[position] = tag;
    position = putVarint(target, position + 1, byteLengthOf(content));
    position = putContent(target, position, content);
  }
  return target;
}

function byteLengthOf(content: TensorContent): number {
  if (content.kind === 'bytes') return content.bytes.byteLength;
  if (content.kind === 'region') return 0;
  let total = 0;
  for (const element of content.elements) total += 4 + element.byteLength;
  return total;
}

function putContent(target: Buffer, start: number, content: TensorContent): number {
  if (content.kind === 'region') return start;
  if (content.kind === 'bytes') {
    target.set(content.bytes, start);
    return start + content.bytes.byteLength;
  }
  let position = start;
  for (const element of content.elements) {
    position = target.writeUInt32LE(element.byteLength, position);
    target.set(element, position);
    position += element.byteLength;
  }
  return position;
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest > 0x7f && length < LONGEST_VARINT; rest = Math.floor(rest / 128)) length += 1;
  return length;
}

function putVarint(target: Buffer, start: number, value: number): number {
  let position = start;
  let rest = value;
  while (rest > 0x7f) {
    target[position] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
    position += 1;
  }
  target[position] = rest;
  return position + 1;
}
