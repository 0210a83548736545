import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { CodecLimits } from '../infer/codec-options.ts';
import type { InferResponse } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { readInferFields } from './infer-fields.ts';
import { completeTensor, takeRegion, type TensorOwner } from './tensor-content.ts';
import {
  checkEnd,
  malformed,
  MessageScope,
  plainBytes,
  readEnd,
  readTag,
  readText,
  skipField,
} from './wire-fields.ts';

/** A `ModelStreamInferResponse`: an answer, or an error of one request of the stream. */
export interface ModelStreamInferResponse {
  /** `''` where the request succeeded. */
  readonly errorMessage: string;
  /** With an error: whose it is, by `id` and `modelName`; `null` where the message does not say. */
  readonly response: InferResponse | null;
}

/**
 * Reads the bytes of a `ModelInferResponse`. Raw contents and floating-point contents are views of `bytes`.
 *
 * @throws ProtocolError internal for bytes that are no message and for tensors that are not as their shape
 *   and datatype say
 */
export function decodeModelInferResponse(bytes: Uint8Array, limits: CodecLimits): InferResponse {
  const scope = new MessageScope(plainBytes(bytes), limits);
  try {
    const reader = new BinaryReader(scope.bytes);
    return decode(reader, scope.bytes.length, scope);
  } catch (error) {
    throw asInternal('ModelInferResponse', error);
  }
}

/** Reads the bytes of a `ModelStreamInferResponse`, as {@link decodeModelInferResponse} does. */
export function decodeModelStreamInferResponse(
  bytes: Uint8Array,
  limits: CodecLimits,
): ModelStreamInferResponse {
  const scope = new MessageScope(plainBytes(bytes), limits);
  try {
    const reader = new BinaryReader(scope.bytes);
    const end = scope.bytes.length;
    let errorMessage = '';
    let response: InferResponse | null = null;
    while (reader.pos < end) {
      const tag = readTag(reader);
      if (tag === 0x0a) errorMessage = readText(reader);
      else if (tag === 0x12) response = decode(reader, readEnd(reader, end), scope);
      else skipField(reader, tag, scope);
    }
    checkEnd(reader, end);
    return { errorMessage, response };
  } catch (error) {
    throw asInternal('ModelStreamInferResponse', error);
  }
}

/** A response that cannot be read is the server's fault, whatever is wrong with it. */
function asInternal(message: string, error: unknown): ProtocolError {
  const problem = malformed('internal', message, error);
  return problem.problem === 'invalid-argument'
    ? new ProtocolError('internal', problem.message, { cause: error })
    : problem;
}

const RAW_OUTPUT_CONTENTS = 0x32;

function decode(reader: BinaryReader, end: number, scope: MessageScope): InferResponse {
  const fields = readInferFields(reader, end, scope, RAW_OUTPUT_CONTENTS, () => false);
  const { modelName, modelVersion, id, parameters, tensors, raw } = fields;
  const owner: TensorOwner = { role: 'output', model: modelName };
  if (raw.length > tensors.length) {
    throw new ProtocolError(
      'internal',
      `raw_output_contents has ${raw.length} entries, but there are ${tensors.length} outputs.`,
    );
  }
  // An output in shared memory has an entry too, an empty one.
  const outputs = tensors.map((message, index) =>
    completeTensor(message, raw[index] ?? null, takeRegion(message, owner), owner, scope),
  );
  return { modelName, modelVersion, id, parameters, outputs };
}
