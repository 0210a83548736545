import { ByteWriter } from '../json/byte-writer.ts';
import type { InferRequest, Parameters, WireTensor } from '../messages.ts';
import { writeData } from '../tensor/write-data.ts';
import type { EncodedBody } from './codec-options.ts';
import { blobOf, encodedBody, writeParameter, writeParameters, writeTensorStart } from './write-parts.ts';

/**
 * Writes the body of POST `.../infer`. With `binary`, the data of the inputs follows the JSON and the
 * outputs are asked for in binary too, unless the request's own parameters say otherwise.
 *
 * @throws invalid-argument for BYTES that are not UTF-8 in JSON
 */
export function writeInferRequest(request: InferRequest, options: { readonly binary: boolean }): EncodedBody {
  const { binary } = options;
  const blobs: Uint8Array[] = [];
  const writer = new ByteWriter();
  writer.byte(0x7b);
  if (request.id !== '') {
    writer.ascii('"id":');
    writer.string(request.id);
    writer.byte(0x2c);
  }
  const addsDefault = binary && !request.parameters.has('binary_data_output');
  if (addsDefault || request.parameters.size > 0) {
    writer.ascii('"parameters":{');
    writeParameters(writer, request.parameters);
    if (addsDefault) {
      if (request.parameters.size > 0) writer.byte(0x2c);
      writeParameter(writer, 'binary_data_output', true);
    }
    writer.ascii('},');
  }
  writer.ascii('"inputs":[');
  for (let index = 0; index < request.inputs.length; index += 1) {
    if (index > 0) writer.byte(0x2c);
    writeInput(writer, request.inputs[index]!, binary, blobs);
  }
  writer.byte(0x5d);
  if (request.outputs.length > 0) {
    writer.ascii(',"outputs":[');
    for (let index = 0; index < request.outputs.length; index += 1) {
      if (index > 0) writer.byte(0x2c);
      const { name, parameters } = request.outputs[index]!;
      writer.ascii('{"name":');
      writer.string(name);
      if (parameters.size > 0) writeParameterObject(writer, parameters);
      writer.byte(0x7d);
    }
    writer.byte(0x5d);
  }
  writer.byte(0x7d);
  return encodedBody(writer.finish(), blobs);
}

function writeInput(writer: ByteWriter, input: WireTensor, binary: boolean, blobs: Uint8Array[]): void {
  const { content } = input;
  writeTensorStart(writer, input);
  const blob = binary ? blobOf(content) : null;
  if (blob !== null) blobs.push(blob);
  const place: Parameters =
    content.kind === 'region'
      ? new Map<string, string | number>([
          ['shared_memory_region', content.region],
          ['shared_memory_offset', content.offset],
          ['shared_memory_byte_size', content.byteSize],
        ])
      : new Map(blob === null ? [] : [['binary_data_size', blob.length]]);
  if (place.size + input.parameters.size > 0) {
    writeParameterObject(writer, new Map([...place, ...input.parameters]));
  }
  if (blob === null && content.kind !== 'region') {
    writer.ascii(',"data":');
    writeData(writer, input, 'input', 'token');
  }
  writer.byte(0x7d);
}

function writeParameterObject(writer: ByteWriter, parameters: Parameters): void {
  writer.ascii(',"parameters":{');
  writeParameters(writer, parameters);
  writer.byte(0x7d);
}
