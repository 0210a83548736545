import { bytesPerElement, isDatatype, type Datatype } from '../datatype.ts';
import { contentOfBytes } from '../tensor/content-of-bytes.ts';
import type { TensorContent, WireTensor } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { countElements } from '../tensor/element-count.ts';
import { refuseElement, type TensorSubject } from '../tensor/tensor-subject.ts';
import { RangeProblem, readContents, surveyContents } from './tensor-contents.ts';
import type { TensorMessage } from './tensor-message.ts';
import type { MessageScope } from './wire-fields.ts';

/** Whose tensors they are, for the texts of refusals. */
export interface TensorOwner {
  readonly role: 'input' | 'output';
  readonly model: string;
}

type RegionContent = Extract<TensorContent, { readonly kind: 'region' }>;

const REGION_PARAMETERS: readonly string[] = [
  'shared_memory_region',
  'shared_memory_byte_size',
  'shared_memory_offset',
];

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
  const subject: TensorSubject = { role: owner.role, name, forModel: ` for model '${owner.model}'` };
  if (!isDatatype(message.datatype)) {
    throw refused(`${owner.role} '${name}'${subject.forModel} has unknown datatype '${message.datatype}'.`);
  }
  const { datatype } = message;
  const count = countElements(subject, datatype, shape, scope.limits.maxElements);
  let content: TensorContent;
  if (region !== null) {
    // An output may be smaller than the region that it was given.
    if (owner.role === 'input') checkByteSize(subject, datatype, count, region.byteSize);
    content = region;
  } else if (raw !== null) content = contentOfBytes(subject, datatype, count, raw);
  else content = explicitContent(message, subject, datatype, count, scope);
  return { name, datatype, shape, content, parameters };
}

/** What the parameters say of shared memory, taken out of them; `null` where they say nothing. */
export function takeRegion(message: TensorMessage, owner: TensorOwner): RegionContent | null {
  const { parameters } = message;
  const region = parameters.get('shared_memory_region');
  if (region === undefined) return null;
  if (typeof region !== 'string') throw wrongType(message, owner, 'shared_memory_region', 'string_param');
  const byteSize = parameters.get('shared_memory_byte_size');
  const offset = parameters.get('shared_memory_offset') ?? 0;
  if (typeof byteSize !== 'number' || !Number.isSafeInteger(byteSize) || byteSize < 0) {
    throw wrongType(message, owner, 'shared_memory_byte_size', 'int64_param of 0 or more');
  }
  if (typeof offset !== 'number' || !Number.isSafeInteger(offset) || offset < 0) {
    throw wrongType(message, owner, 'shared_memory_offset', 'int64_param of 0 or more');
  }
  for (const key of REGION_PARAMETERS) parameters.delete(key);
  return { kind: 'region', region, offset, byteSize };
}

function wrongType(message: TensorMessage, owner: TensorOwner, key: string, choice: string): ProtocolError {
  return refused(
    `invalid value for '${key}' parameter of ${owner.role} '${message.name}' for model '${owner.model}', expected ${choice}.`,
  );
}

function checkByteSize(subject: TensorSubject, datatype: Datatype, count: number, found: number): void {
  const width = bytesPerElement(datatype);
  if (width !== null && found !== count * width) throw mismatch(subject, count * width, found);
}

function mismatch(subject: TensorSubject, expected: number, found: number): ProtocolError {
  return refused(
    `${subject.role} byte size mismatch for ${subject.role} '${subject.name}'${subject.forModel}. Expected ${expected}, got ${found}`,
  );
}

function explicitContent(
  message: TensorMessage,
  subject: TensorSubject,
  datatype: Datatype,
  count: number,
  scope: MessageScope,
): TensorContent {
  const ranges = message.contents;
  const which = `${subject.role} tensor '${subject.name}'${subject.forModel}`;
  if (ranges === null) {
    const where = subject.role === 'input' ? 'request' : 'response';
    throw refused(`unable to find data for ${which} in ${where}.`);
  }
  const survey = surveyContents(ranges, datatype, scope);
  if (survey.foreign !== null) {
    const rawOnly = datatype === 'FP16' || datatype === 'BF16' ? '; it travels as raw contents only' : '';
    throw refused(
      `unexpected explicit tensor data for ${which} of type '${survey.foreign}', expected datatype '${datatype}'${rawOnly}`,
    );
  }
  if (survey.count !== count) {
    const width = bytesPerElement(datatype);
    if (width !== null) throw mismatch(subject, count * width, survey.count * width);
    throw refused(
      `expected ${count} string elements for inference ${subject.role} '${subject.name}'${subject.forModel}, got ${survey.count}`,
    );
  }
  try {
    return readContents(ranges, datatype, count, scope);
  } catch (error) {
    if (!(error instanceof RangeProblem)) throw error;
    return refuseElement(subject, error.element, `is ${error.value}, out of the range of ${datatype}`);
  }
}

function refused(text: string): ProtocolError {
  return new ProtocolError('invalid-argument', text);
}
