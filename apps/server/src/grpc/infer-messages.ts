import {
  ProtocolError,
  type InferResponse,
  type Parameters,
  type ParameterValue,
} from '@switchyard/open-inference';
import {
  decodeModelInferRequest,
  encodeModelStreamInferResponse,
  type ModelInferRequest,
} from '@switchyard/open-inference/grpc';
import type { Limits } from '../operation/admission.ts';

const EMPTY_FINAL = 'triton_enable_empty_final_response';
/** Every request has one response here, which is the final one. */
const FINAL: Parameters = new Map([['triton_final_response', true]]);
const NONE: Parameters = new Map();

/**
 * Reads a request. Of the parameters that Triton keeps to itself a client may set one, which asks for an
 * empty response at the end of a request without any: there is no such request here.
 *
 * @throws ProtocolError invalid-argument, too-large
 */
export function decodeInferRequest(message: Buffer, limits: Limits): ModelInferRequest {
  const decoded = decodeModelInferRequest(message, {
    maxElements: limits.maxElements,
    maxDepth: limits.maxJsonDepth,
  });
  const { parameters } = decoded.request;
  if (parameters.size === 0) return decoded;
  let reserved = false;
  for (const [name, value] of parameters) {
    if (!name.startsWith('triton_')) continue;
    checkReserved(name, value);
    reserved = true;
  }
  if (!reserved) return decoded;
  const left = new Map(parameters);
  left.delete(EMPTY_FINAL);
  return { ...decoded, request: { ...decoded.request, parameters: left } };
}

/** A message of a stream with an answer, which says that nothing more comes for its request. */
export function encodeStreamAnswer(response: InferResponse): Buffer {
  const parameters = response.parameters.size === 0 ? FINAL : new Map([...response.parameters, ...FINAL]);
  return encodeModelStreamInferResponse({ errorMessage: '', response: { ...response, parameters } });
}

/** A message of a stream with an error, and which request it is about. */
export function encodeStreamError(
  errorMessage: string,
  about: { readonly modelName: string; readonly modelVersion: string; readonly id: string },
): Buffer {
  const { modelName, modelVersion, id } = about;
  return encodeModelStreamInferResponse({
    errorMessage,
    response: { modelName, modelVersion, id, parameters: NONE, outputs: [] },
  });
}

function checkReserved(name: string, value: ParameterValue): void {
  if (name !== EMPTY_FINAL) {
    throw new ProtocolError(
      'invalid-argument',
      "parameter keys starting with 'triton_' are reserved for Triton usage and should not be specified.",
    );
  }
  if (typeof value === 'boolean') return;
  throw new ProtocolError(
    'invalid-argument',
    `invalid value type for '${EMPTY_FINAL}' parameter, expected bool_param.`,
  );
}
