import type { BinaryReader } from '@bufbuild/protobuf/wire';
import type { ParameterValue } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { readParameter } from './infer-parameters.ts';
import { checkEnd, readEnd, readTag, readText, skipField, type MessageScope } from './wire-fields.ts';

/** `InferInputTensor` or `InferOutputTensor` as read, with its contents still on the wire. */
export interface TensorMessage {
  name: string;
  datatype: string;
  readonly shape: number[];
  readonly parameters: Map<string, ParameterValue>;
  /** Start and end of each `contents` in turn; `null` where there is none. */
  contents: number[] | null;
}

/** Reads a tensor, whose input and output form have the same fields. */
export function readTensor(reader: BinaryReader, outerEnd: number, scope: MessageScope): TensorMessage {
  scope.enter();
  const end = readEnd(reader, outerEnd);
  const tensor: TensorMessage = {
    name: '',
    datatype: '',
    shape: [],
    parameters: new Map(),
    contents: null,
  };
  while (reader.pos < end) {
    const tag = readTag(reader);
    switch (tag) {
      case 0x0a:
        tensor.name = readText(reader);
        break;
      case 0x12:
        tensor.datatype = readText(reader);
        break;
      case 0x18:
        tensor.shape.push(readSize(reader, tensor, scope));
        break;
      case 0x1a: {
        const shapeEnd = readEnd(reader, end);
        while (reader.pos < shapeEnd) tensor.shape.push(readSize(reader, tensor, scope));
        checkEnd(reader, shapeEnd);
        break;
      }
      case 0x22:
        readParameter(reader, end, tensor.parameters, scope);
        break;
      case 0x2a: {
        scope.enter();
        const contentsEnd = readEnd(reader, end);
        tensor.contents ??= [];
        tensor.contents.push(reader.pos, contentsEnd);
        reader.pos = contentsEnd;
        break;
      }
      default:
        skipField(reader, tag, scope);
    }
  }
  checkEnd(reader, end);
  return tensor;
}

function readSize(reader: BinaryReader, tensor: TensorMessage, scope: MessageScope): number {
  scope.enter();
  const size = BigInt(reader.int64());
  if (size < 0n || size > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new ProtocolError(
      'invalid-argument',
      size < 0n
        ? `tensor '${tensor.name}' has ${size} in its shape; every size must be 0 or more.`
        : `tensor '${tensor.name}' has ${size} in its shape, which causes total element count to exceed maximum size of 9223372036854775807`,
    );
  }
  return Number(size);
}
