import { JsonReader } from '../json/json-reader.ts';
import type { InferResponse, Parameters } from '../messages.ts';
import type { ParseResponseOptions } from './codec-options.ts';
import { readStringField, refuseAbsent, refuseField, refuseTwice } from './read-fields.ts';
import { NO_PARAMETERS, readParameters } from './read-parameters.ts';
import { readBlobs, readTensorHead, type TensorHead, type TensorSource } from './read-tensor.ts';

/**
 * Reads the body of a successful answer to `.../infer`. Tensors from binary data are views of the body.
 * An output in shared memory says nothing of where it is: that comes from the outputs in `options`.
 * Strings `"NaN"`, `"Infinity"` and `"-Infinity"` and `null` (for NaN) are numbers of FP.
 *
 * @throws invalid-argument for a body that is no such answer
 */
export function parseInferResponse(body: Uint8Array, options: ParseResponseOptions): InferResponse {
  const { headerLength, limits, model } = options;
  const reader = new JsonReader(body, headerLength ?? body.length, limits.maxDepth, 'response');
  const source: TensorSource = {
    reader,
    role: 'output',
    forModel: model === undefined ? '' : ` for model '${model}'`,
    maxElements: limits.maxElements,
    hasHeader: headerLength !== null,
    blobPosition: reader.end,
    regionOf: (name) => options.outputs?.find((output) => output.name === name)?.parameters ?? null,
  };
  const texts = new Map<string, string>();
  let parameters: Parameters | null = null;
  let heads: TensorHead[] | null = null;
  if (reader.kind() !== 'object') refuseField('outputs', 'the document is not an object');
  for (let more = reader.beginObject(); more; more = reader.nextMember()) {
    const key = reader.readKey();
    if (key === 'id' || key === 'model_name' || key === 'model_version') {
      if (texts.has(key)) refuseTwice(key);
      texts.set(key, readStringField(reader, key));
    } else if (key === 'parameters') {
      if (parameters !== null) refuseTwice(key);
      parameters = readParameters(reader);
    } else if (key === 'outputs') {
      if (heads !== null) refuseTwice(key);
      heads = readOutputs(source);
    } else {
      reader.skipValue();
    }
  }
  reader.finish();
  if (heads === null) refuseAbsent('outputs');
  return {
    modelName: texts.get('model_name') ?? '',
    modelVersion: texts.get('model_version') ?? '',
    id: texts.get('id') ?? '',
    parameters: parameters ?? NO_PARAMETERS,
    outputs: readBlobs(source, heads),
  };
}

function readOutputs(source: TensorSource): TensorHead[] {
  const { reader } = source;
  if (reader.kind() !== 'array') refuseField('outputs', 'attempt to access JSON non-array as array');
  const heads: TensorHead[] = [];
  for (let more = reader.beginArray(); more; more = reader.nextElement()) {
    heads.push(readTensorHead(source));
  }
  return heads;
}
