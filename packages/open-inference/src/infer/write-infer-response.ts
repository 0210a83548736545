import { ByteWriter } from '../json/byte-writer.ts';
import type { InferRequest, InferResponse, RequestedOutput, WireTensor } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { writeData } from '../tensor/write-data.ts';
import type { EncodedBody, NonFinitePolicy } from './codec-options.ts';
import { blobOf, encodedBody, writeParameters, writeTensorStart } from './write-parts.ts';

/**
 * Writes the answer to a request: each output as JSON or binary as the request asked for it, in the order
 * that it asked in. Binary data is not copied. An output in shared memory has neither data nor parameters.
 *
 * @throws invalid-argument for BYTES that are not UTF-8 in JSON, and for numbers that are not finite
 *   under the policy `error`
 * @throws internal for an output that was asked for and is not there
 */
export function writeInferResponse(
  response: InferResponse,
  request: Pick<InferRequest, 'parameters' | 'outputs'>,
  options: { readonly nonFinite: NonFinitePolicy },
): EncodedBody {
  const outputs = inOrder(response.outputs, request.outputs);
  const binaryByDefault = request.parameters.get('binary_data_output') === true;
  const blobs: Uint8Array[] = [];
  const writer = new ByteWriter();
  writer.byte(0x7b);
  if (response.id !== '') {
    writer.ascii('"id":');
    writer.string(response.id);
    writer.byte(0x2c);
  }
  writer.ascii('"model_name":');
  writer.string(response.modelName);
  writer.ascii(',"model_version":');
  writer.string(response.modelVersion);
  if (response.parameters.size > 0) {
    writer.ascii(',"parameters":{');
    writeParameters(writer, response.parameters);
    writer.byte(0x7d);
  }
  writer.ascii(',"outputs":[');
  for (let index = 0; index < outputs.length; index += 1) {
    if (index > 0) writer.byte(0x2c);
    const asked = request.outputs[index]?.parameters.get('binary_data');
    const binary = typeof asked === 'boolean' ? asked : binaryByDefault;
    writeOutput(writer, outputs[index]!, binary, blobs, options.nonFinite);
  }
  writer.ascii(']}');
  return encodedBody(writer.finish(), blobs);
}

function writeOutput(
  writer: ByteWriter,
  output: WireTensor,
  binary: boolean,
  blobs: Uint8Array[],
  nonFinite: NonFinitePolicy,
): void {
  const { content, parameters } = output;
  writeTensorStart(writer, output);
  // A client that finds parameters here looks for the size of binary data in them.
  if (content.kind === 'region') return writer.byte(0x7d);
  const blob = binary ? blobOf(content) : null;
  if (blob !== null || parameters.size > 0) {
    writer.ascii(',"parameters":{');
    if (blob !== null) {
      writer.ascii('"binary_data_size":');
      writer.integer(blob.length);
      blobs.push(blob);
      if (parameters.size > 0) writer.byte(0x2c);
    }
    writeParameters(writer, parameters);
    writer.byte(0x7d);
  }
  if (blob === null) {
    writer.ascii(',"data":');
    writeData(writer, output, 'output', nonFinite);
  }
  writer.byte(0x7d);
}

/** The outputs in the order of the request, which is nearly always theirs already. */
function inOrder(outputs: readonly WireTensor[], asked: readonly RequestedOutput[]): readonly WireTensor[] {
  if (asked.length === 0) return outputs;
  if (asked.length === outputs.length && asked.every(({ name }, index) => outputs[index]!.name === name)) {
    return outputs;
  }
  return asked.map(({ name }) => {
    const output = outputs.find((candidate) => candidate.name === name);
    if (output === undefined) throw new ProtocolError('internal', `output '${name}' was not computed`);
    return output;
  });
}
