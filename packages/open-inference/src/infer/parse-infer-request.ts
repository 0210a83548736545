import { JsonReader } from '../json/json-reader.ts';
import type { InferRequest, Parameters, RequestedOutput } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import type { ParseOptions } from './codec-options.ts';
import { readStringField, refuseAbsent, refuseField, refuseTwice } from './read-fields.ts';
import { booleanParameter, NO_PARAMETERS, readParameters, unsignedParameter } from './read-parameters.ts';
import { readBlobs, readTensorHead, type TensorHead, type TensorSource } from './read-tensor.ts';

/**
 * Reads the body of POST `.../infer`, JSON with or without binary data after it. Tensors from binary data
 * are views of the body, and so are strings without escapes.
 *
 * @throws invalid-argument with Triton's texts; too-large for a tensor past `maxElements`
 */
export function parseInferRequest(body: Uint8Array, options: ParseOptions): InferRequest {
  const { headerLength, limits, model } = options;
  const reader = new JsonReader(body, headerLength ?? body.length, limits.maxDepth, 'request');
  const source: TensorSource = {
    reader,
    role: 'input',
    forModel: model === undefined ? '' : ` for model '${model}'`,
    maxElements: limits.maxElements,
    hasHeader: headerLength !== null,
    blobPosition: reader.end,
  };
  if (reader.kind() !== 'object') refuseRoot(reader);
  let id: string | null = null;
  let parameters: Parameters | null = null;
  let heads: TensorHead[] | null = null;
  let outputs: RequestedOutput[] | null = null;
  for (let more = reader.beginObject(); more; more = reader.nextMember()) {
    const key = reader.readKey();
    if (key === 'inputs') {
      if (heads !== null) refuseTwice(key);
      heads = readInputs(source);
    } else if (key === 'outputs') {
      if (outputs !== null) refuseTwice(key);
      outputs = readOutputs(reader);
    } else if (key === 'parameters') {
      if (parameters !== null) refuseTwice(key);
      parameters = readParameters(reader);
      checkRequestParameters(parameters);
    } else if (key === 'id') {
      if (id !== null) refuseTwice(key);
      id = readStringField(reader, key);
    } else {
      reader.skipValue();
    }
  }
  reader.finish();
  if (heads === null) refuseAbsent('inputs');
  return {
    id: id ?? '',
    parameters: parameters ?? NO_PARAMETERS,
    inputs: readBlobs(source, heads),
    outputs: outputs ?? [],
  };
}

function refuseRoot(reader: JsonReader): never {
  reader.skipValue();
  reader.finish();
  throw new ProtocolError(
    'invalid-argument',
    'failed to parse the request JSON buffer: the document is not an object, at 0',
  );
}

function readInputs(source: TensorSource): TensorHead[] {
  const { reader } = source;
  if (reader.kind() !== 'array') refuseField('inputs', 'attempt to access JSON non-array as array');
  const heads: TensorHead[] = [];
  for (let more = reader.beginArray(); more; more = reader.nextElement()) {
    heads.push(readTensorHead(source));
  }
  refuseRepeated('input', heads);
  return heads;
}

function readOutputs(reader: JsonReader): RequestedOutput[] {
  if (reader.kind() !== 'array') refuseField('outputs', 'attempt to access JSON non-array as array');
  const outputs: RequestedOutput[] = [];
  for (let more = reader.beginArray(); more; more = reader.nextElement()) {
    outputs.push(readOutput(reader));
  }
  refuseRepeated('output', outputs);
  return outputs;
}

function readOutput(reader: JsonReader): RequestedOutput {
  if (reader.kind() !== 'object') refuseField('outputs', 'attempt to access JSON non-object as object');
  let name: string | null = null;
  let parameters: Parameters | null = null;
  for (let more = reader.beginObject(); more; more = reader.nextMember()) {
    const key = reader.readKey();
    if (key === 'name') {
      if (name !== null) refuseTwice(key);
      name = readStringField(reader, key);
    } else if (key === 'parameters') {
      if (parameters !== null) refuseTwice(key);
      parameters = readParameters(reader);
      checkOutputParameters(parameters);
    } else {
      reader.skipValue();
    }
  }
  if (name === null) refuseAbsent('name');
  return { name, parameters: parameters ?? NO_PARAMETERS };
}

function checkRequestParameters(parameters: Parameters): void {
  booleanParameter(parameters, 'binary_data_output');
  for (const name of parameters.keys()) {
    if (name.startsWith('triton_')) {
      throw new ProtocolError(
        'invalid-argument',
        "parameter keys starting with 'triton_' are reserved for Triton usage and should not be specified.",
      );
    }
  }
}

function checkOutputParameters(parameters: Parameters): void {
  const isBinary = booleanParameter(parameters, 'binary_data');
  const classes = unsignedParameter(parameters, 'classification');
  if (!parameters.has('shared_memory_region')) return;
  const other = classes !== null ? 'classification' : isBinary === true ? 'binary_data' : null;
  if (other !== null) {
    throw new ProtocolError(
      'invalid-argument',
      `Output can't set both 'shared_memory_region' and '${other}'`,
    );
  }
}

function refuseRepeated(role: string, named: readonly { readonly name: string }[]): void {
  if (named.length < 2) return;
  const names = new Set<string>();
  for (const { name } of named) {
    if (names.has(name)) {
      throw new ProtocolError('invalid-argument', `${role} '${name}' already exists in request`);
    }
    names.add(name);
  }
}
