import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { CodecLimits } from '../infer/codec-options.ts';
import type { InferRequest, ParameterValue, RequestedOutput, WireTensor } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { readInferFields } from './infer-fields.ts';
import { readParameter } from './infer-parameters.ts';
import { completeTensor, takeRegion, type TensorOwner } from './tensor-content.ts';
import type { TensorMessage } from './tensor-message.ts';
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

/** A `ModelInferRequest`: which model is asked, and for what. */
export interface ModelInferRequest {
  readonly modelName: string;
  /** `''` for the latest that is ready. */
  readonly modelVersion: string;
  readonly request: InferRequest;
}

/**
 * Reads the bytes of a `ModelInferRequest`. Raw contents and floating-point contents are views of `bytes`.
 *
 * @throws ProtocolError invalid-argument for bytes that are no message and for tensors that are not as
 *   their shape and datatype say; too-large beyond a limit
 */
export function decodeModelInferRequest(bytes: Uint8Array, limits: CodecLimits): ModelInferRequest {
  try {
    return decode(new MessageScope(plainBytes(bytes), limits));
  } catch (error) {
    throw malformed('invalid-argument', 'ModelInferRequest', error);
  }
}

const RAW_INPUT_CONTENTS = 0x3a;
const OUTPUTS = 0x32;

function decode(scope: MessageScope): ModelInferRequest {
  const reader = new BinaryReader(scope.bytes);
  const end = scope.bytes.length;
  const outputs: RequestedOutput[] = [];
  const fields = readInferFields(reader, end, scope, RAW_INPUT_CONTENTS, (tag) => {
    if (tag !== OUTPUTS) return false;
    outputs.push(readRequestedOutput(reader, end, scope));
    return true;
  });
  const { modelName, modelVersion, id, parameters } = fields;
  const inputs = completeInputs(fields.tensors, fields.raw, { role: 'input', model: modelName }, scope);
  return { modelName, modelVersion, request: { id, parameters, inputs, outputs } };
}

function readRequestedOutput(reader: BinaryReader, outerEnd: number, scope: MessageScope): RequestedOutput {
  scope.enter();
  const end = readEnd(reader, outerEnd);
  let name = '';
  const parameters = new Map<string, ParameterValue>();
  while (reader.pos < end) {
    const tag = readTag(reader);
    if (tag === 0x0a) name = readText(reader);
    else if (tag === 0x12) readParameter(reader, end, parameters, scope);
    else skipField(reader, tag, scope);
  }
  checkEnd(reader, end);
  return { name, parameters };
}

/** Raw entry k belongs to the k-th input that is not in shared memory; contents beside raw are refused. */
function completeInputs(
  messages: readonly TensorMessage[],
  raw: readonly Uint8Array[],
  owner: TensorOwner,
  scope: MessageScope,
): WireTensor[] {
  const inputs: WireTensor[] = [];
  let used = 0;
  for (const message of messages) {
    const region = takeRegion(message, owner);
    let own: Uint8Array | null = null;
    if (message.contents !== null && region !== null) {
      throw new ProtocolError(
        'invalid-argument',
        `unexpected 'content' provided when using shared memory for input tensor '${message.name}' for model '${owner.model}'`,
      );
    }
    if (message.contents !== null && raw.length > 0) {
      throw new ProtocolError(
        'invalid-argument',
        `contents field must not be specified when using raw_input_contents for '${message.name}' for model '${owner.model}'`,
      );
    }
    if (region === null && message.contents === null && used < raw.length) {
      own = raw[used]!;
      used += 1;
    }
    inputs.push(completeTensor(message, own, region, owner, scope));
  }
  if (used < raw.length) {
    throw new ProtocolError(
      'invalid-argument',
      `raw_input_contents has ${raw.length} entries for model '${owner.model}', but only ${used} inputs take one.`,
    );
  }
  return inputs;
}
