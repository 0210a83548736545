import { bytesPerElement, isDatatype, type Datatype } from '../datatype.ts';
import type { TensorContent, WireTensor } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { RangeProblem, readContents, surveyContents } from './tensor-contents.ts';
import type { TensorMessage } from './tensor-message.ts';
import type { MessageScope } from './wire-fields.ts';

/** Whose tensors they are, for the texts of refusals. */
export interface TensorOwner {
  readonly side: 'input' | 'output';
  readonly model: string;
}

/** A shape's number of elements. @throws invalid-argument, too-large; nothing is reserved before */
function countElements(message: TensorMessage, owner: TensorOwner, scope: MessageScope): number {
  let product = 1;
  for (const size of message.shape) product *= size;
  if (message.shape.includes(0)) return 0;
  if (product > Number.MAX_SAFE_INTEGER) {
    const exact = message.shape.reduce((total, size) => total * BigInt(size), 1n);
    if (exact >= 2n ** 63n) {
      throw new ProtocolError(
        'invalid-argument',
        `shape [${message.shape.join(',')}] of ${subject(message, owner)} causes total element count to exceed maximum size of 9223372036854775807`,
      );
    }
  }
  if (product > scope.limits.maxElements) {
    throw new ProtocolError(
      'too-large',
      `${subject(message, owner)} has ${product} elements; the limit is ${scope.limits.maxElements}.`,
    );
  }
  return product;
}

function subject(message: TensorMessage, owner: TensorOwner): string {
  return `${owner.side} '${message.name}' for model '${owner.model}'`;
}

/**
 * Puts a tensor together out of its message and its raw contents (`null` for none), and checks that they
 * are of its datatype and as many as its shape says.
 *
 * @throws ProtocolError invalid-argument or too-large
 */
export function completeTensor(
  message: TensorMessage,
  raw: Uint8Array | null,
  region: RegionContent | null,
  owner: TensorOwner,
  scope: MessageScope,
): WireTensor {
  const { name, shape, parameters } = message;
  const datatype = knownDatatype(message, owner);
  const count = countElements(message, owner, scope);
  let content: TensorContent;
  if (region !== null) {
    checkByteSize(message, owner, datatype, count, region.byteSize);
    content = region;
  } else if (raw !== null) {
    if (datatype === 'BYTES') content = { kind: 'elements', elements: splitRaw(message, owner, raw, count) };
    else {
      checkByteSize(message, owner, datatype, count, raw.byteLength);
      if (datatype === 'BOOL') checkBooleans(message, owner, raw);
      content = { kind: 'bytes', bytes: raw };
    }
  } else content = explicitContent(message, owner, datatype, count, scope);
  return { name, datatype, shape, content, parameters };
}

type RegionContent = Extract<TensorContent, { readonly kind: 'region' }>;

/** What the parameters say of shared memory, taken out of them; `null` where they say nothing. */
export function takeRegion(message: TensorMessage, owner: TensorOwner): RegionContent | null {
  const { parameters } = message;
  const region = parameters.get('shared_memory_region');
  if (region === undefined) return null;
  if (typeof region !== 'string') throw wrongType(message, owner, 'shared_memory_region', 'string_param');
  const byteSize = parameters.get('shared_memory_byte_size');
  const offset = parameters.get('shared_memory_offset') ?? 0;
  if (typeof byteSize !== 'number' || !Number.isSafeInteger(byteSize) || byteSize < 0) {
    throw wrongType(message, owner, 'shared_memory_byte_size', 'int64_param');
  }
  if (typeof offset !== 'number' || !Number.isSafeInteger(offset) || offset < 0) {
    throw wrongType(message, owner, 'shared_memory_offset', 'int64_param');
  }
  for (const key of ['shared_memory_region', 'shared_memory_byte_size', 'shared_memory_offset']) {
    parameters.delete(key);
  }
  return { kind: 'region', region, offset, byteSize };
}

function wrongType(message: TensorMessage, owner: TensorOwner, key: string, choice: string): ProtocolError {
  return new ProtocolError(
    'invalid-argument',
    `invalid value for '${key}' parameter of ${subject(message, owner)}, expected ${choice}${choice === 'int64_param' ? ' of 0 or more' : ''}.`,
  );
}

function knownDatatype(message: TensorMessage, owner: TensorOwner): Datatype {
  if (isDatatype(message.datatype)) return message.datatype;
  throw new ProtocolError(
    'invalid-argument',
    `${subject(message, owner)} has unknown datatype '${message.datatype}'.`,
  );
}

function checkByteSize(
  message: TensorMessage,
  owner: TensorOwner,
  datatype: Datatype,
  count: number,
  got: number,
): void {
  const width = bytesPerElement(datatype);
  if (width === null || got === count * width) return;
  throw new ProtocolError(
    'invalid-argument',
    `${owner.side} byte size mismatch for ${subject(message, owner)}. Expected ${count * width}, got ${got}`,
  );
}

function checkBooleans(message: TensorMessage, owner: TensorOwner, raw: Uint8Array): void {
  for (let index = 0; index < raw.length; index += 1) {
    if (raw[index]! > 1) {
      throw new ProtocolError(
        'invalid-argument',
        `${subject(message, owner)} has the byte ${raw[index]} at element ${index}; BOOL is 0 or 1.`,
      );
    }
  }
}

function explicitContent(
  message: TensorMessage,
  owner: TensorOwner,
  datatype: Datatype,
  count: number,
  scope: MessageScope,
): TensorContent {
  const ranges = message.contents;
  if (ranges === null) {
    throw new ProtocolError(
      'invalid-argument',
      `unable to find data for ${owner.side} tensor '${message.name}' for model '${owner.model}' in ${owner.side === 'input' ? 'request' : 'response'}.`,
    );
  }
  const survey = surveyContents(ranges, datatype, scope);
  if (survey.foreign !== null) {
    throw new ProtocolError(
      'invalid-argument',
      `unexpected explicit tensor data for ${owner.side} tensor '${message.name}' for model '${owner.model}' of type '${survey.foreign}', expected datatype '${datatype}'${datatype === 'FP16' || datatype === 'BF16' ? '; it travels as raw contents only' : ''}`,
    );
  }
  if (survey.count !== count) {
    const width = bytesPerElement(datatype);
    throw new ProtocolError(
      'invalid-argument',
      width === null
        ? `expected ${count} string elements for inference ${subject(message, owner)}, got ${survey.count}`
        : `${owner.side} byte size mismatch for ${subject(message, owner)}. Expected ${count * width}, got ${survey.count * width}`,
    );
  }
  try {
    return readContents(ranges, datatype, count, scope);
  } catch (error) {
    if (!(error instanceof RangeProblem)) throw error;
    throw new ProtocolError(
      'invalid-argument',
      `${subject(message, owner)} has ${error.value} at element ${error.element}, which ${datatype} does not hold.`,
    );
  }
}

function splitRaw(
  message: TensorMessage,
  owner: TensorOwner,
  raw: Uint8Array,
  count: number,
): readonly Uint8Array[] {
  // Four bytes of length for each element, so that nothing is reserved for elements that cannot be there.
  if (count * 4 > raw.length) {
    throw refused(
      `expected ${count} string elements for inference ${subject(message, owner)}, got ${raw.length} bytes, which hold at most ${Math.floor(raw.length / 4)}`,
    );
  }
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const elements: Uint8Array[] = [];
  let position = 0;
  while (position < raw.length) {
    if (elements.length === count) {
      throw refused(
        `unexpected number of string elements ${count + 1} for inference ${subject(message, owner)}, expecting ${count}`,
      );
    }
    const rest = raw.length - position;
    if (rest < 4) {
      throw refused(
        `incomplete string length indicator for inference ${subject(message, owner)}, expecting 4 bytes but only ${rest} bytes available. Expecting ${count} string elements.`,
      );
    }
    const length = view.getUint32(position, true);
    position += 4;
    if (length > raw.length - position) {
      throw refused(
        `incomplete string data for inference ${subject(message, owner)}, expecting string of length ${length} but only ${raw.length - position} bytes available. Expecting ${count} string elements.`,
      );
    }
    elements.push(raw.subarray(position, position + length));
    position += length;
  }
  if (elements.length < count) {
    throw refused(
      `expected ${count} string elements for inference ${subject(message, owner)}, got ${elements.length}`,
    );
  }
  return elements;
}

function refused(text: string): ProtocolError {
  return new ProtocolError('invalid-argument', text);
}
