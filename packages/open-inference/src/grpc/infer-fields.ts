import type { BinaryReader } from '@bufbuild/protobuf/wire';
import type { ParameterValue } from '../messages.ts';
import { readParameter } from './infer-parameters.ts';
import { readTensor, type TensorMessage } from './tensor-message.ts';
import { checkEnd, readTag, readText, skipField, type MessageScope } from './wire-fields.ts';

/** What `ModelInferRequest` and `ModelInferResponse` have under the same numbers, 1 to 5, and their raw contents. */
export interface InferFields {
  modelName: string;
  modelVersion: string;
  id: string;
  readonly parameters: Map<string, ParameterValue>;
  /** The inputs of a request, the outputs of a response. */
  readonly tensors: TensorMessage[];
  readonly raw: Uint8Array[];
}

/**
 * Reads one of the two messages.
 *
 * @param rawTag tag of its raw contents
 * @param readOther reads a field that only one of them has, and says whether it did
 */
export function readInferFields(
  reader: BinaryReader,
  end: number,
  scope: MessageScope,
  rawTag: number,
  readOther: (tag: number) => boolean,
): InferFields {
  const parameters = new Map<string, ParameterValue>();
  const fields: InferFields = { modelName: '', modelVersion: '', id: '', parameters, tensors: [], raw: [] };
  while (reader.pos < end) {
    const tag = readTag(reader);
    switch (tag) {
      case 0x0a:
        fields.modelName = readText(reader);
        break;
      case 0x12:
        fields.modelVersion = readText(reader);
        break;
      case 0x1a:
        fields.id = readText(reader);
        break;
      case 0x22:
        readParameter(reader, end, parameters, scope);
        break;
      case 0x2a:
        fields.tensors.push(readTensor(reader, end, scope));
        break;
      case rawTag:
        scope.enter();
        fields.raw.push(reader.bytes());
        break;
      default:
        if (!readOther(tag)) skipField(reader, tag, scope);
    }
  }
  checkEnd(reader, end);
  return fields;
}
