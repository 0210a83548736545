import { DATATYPES, isDatatype, bytesPerElement, type Datatype } from '../datatype.ts';
import type { JsonReader } from '../json/json-reader.ts';
import type { Parameters, TensorContent, WireTensor } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { contentOfBytes } from '../tensor/content-of-bytes.ts';
import { countElements } from '../tensor/element-count.ts';
import { readData } from '../tensor/read-data.ts';
import type { TensorSubject } from '../tensor/tensor-subject.ts';
import { readShapeField, readStringField, refuseAbsent, refuseField, refuseTwice } from './read-fields.ts';
import { readRegion, withoutPlaces } from './data-places.ts';
import { NO_PARAMETERS, readParameters, unsignedParameter } from './read-parameters.ts';

/** Where the tensors of a message are read. */
export interface TensorSource {
  readonly reader: JsonReader;
  readonly role: 'input' | 'output';
  readonly forModel: string;
  readonly maxElements: number;
  /** Whether a length of the JSON was given, so that bytes may follow it. */
  readonly hasHeader: boolean;
  /** Parameters with the region of a tensor that says nothing about its data. */
  readonly regionOf?: (name: string) => Parameters | null;
  /** First byte that no tensor has taken yet. */
  blobPosition: number;
}

/** A tensor as its object in JSON has it. Its content is `null` when it is among the bytes that follow. */
export interface TensorHead {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly count: number;
  readonly content: TensorContent | null;
  /** Size among the bytes that follow, `null` when it is in the JSON or to be inferred. */
  readonly byteSize: number | null;
  readonly parameters: Parameters;
}

/** Reads the object of a tensor that the reader is at. */
export function readTensorHead(source: TensorSource): TensorHead {
  const { reader, role } = source;
  if (reader.kind() !== 'object') {
    refuseField(`${role}s`, 'attempt to access JSON non-object as object');
  }
  let name: string | null = null;
  let datatypeName: string | null = null;
  let shape: number[] | null = null;
  let parameters: Parameters | null = null;
  let content: TensorContent | null = null;
  let dataPosition = -1;
  let count = -1;
  for (let more = reader.beginObject(); more; more = reader.nextMember()) {
    const key = reader.readKey();
    if (key === 'name') {
      if (name !== null) refuseTwice(key);
      name = readStringField(reader, key);
    } else if (key === 'datatype') {
      if (datatypeName !== null) refuseTwice(key);
      datatypeName = readStringField(reader, key);
    } else if (key === 'shape') {
      if (shape !== null) refuseTwice(key);
      shape = readShapeField(reader, key);
    } else if (key === 'parameters') {
      if (parameters !== null) refuseTwice(key);
      parameters = readParameters(reader);
    } else if (key === 'data') {
      if (dataPosition >= 0) refuseTwice(key);
      reader.peek();
      dataPosition = reader.position;
      if (name !== null && datatypeName !== null && shape !== null) {
        const subject: TensorSubject = { role, name, forModel: source.forModel };
        const datatype = checkDatatype(subject, datatypeName);
        count = countElements(subject, datatype, shape, source.maxElements);
        content = readData(reader, datatype, count, subject, role === 'output');
      } else {
        // What it is and how much comes later in the object: the data is read then.
        reader.skipValue();
      }
    } else {
      reader.skipValue();
    }
  }
  if (name === null) refuseAbsent('name');
  if (datatypeName === null) refuseAbsent('datatype');
  if (shape === null) refuseAbsent('shape');
  const subject: TensorSubject = { role, name, forModel: source.forModel };
  const datatype = checkDatatype(subject, datatypeName);
  if (count < 0) count = countElements(subject, datatype, shape, source.maxElements);
  if (dataPosition >= 0 && content === null) {
    const { position } = reader;
    reader.position = dataPosition;
    // One level further in, as when it was passed over.
    reader.depth += 1;
    content = readData(reader, datatype, count, subject, role === 'output');
    reader.depth -= 1;
    reader.position = position;
  }
  let byteSize: number | null = null;
  if (parameters !== null) {
    byteSize = unsignedParameter(parameters, 'binary_data_size');
    const hasRegion = parameters.has('shared_memory_region');
    if (Number(content !== null) + Number(byteSize !== null) + Number(hasRegion) > 1) {
      refusePlaces(
        ` set${content === null ? '' : " 'data'"}${byteSize === null ? '' : " 'binary_data_size'"}${hasRegion ? " 'shared_memory_region'" : ''}`,
      );
    }
    if (hasRegion) content = readRegion(parameters, datatype, count, subject);
    parameters = withoutPlaces(parameters);
  }
  if (content === null && byteSize === null && source.regionOf !== undefined) {
    const asked = source.regionOf(name);
    if (asked?.has('shared_memory_region') === true) {
      // The output may be smaller than its region.
      content = readRegion(asked, 'BYTES', count, subject);
    }
  }
  return { name, datatype, shape, count, content, byteSize, parameters: parameters ?? NO_PARAMETERS };
}

/** The tensors of the heads, with those that are in the bytes after the JSON taken from there, in order. */
export function readBlobs(source: TensorSource, heads: readonly TensorHead[]): WireTensor[] {
  const tensors: WireTensor[] = [];
  for (const head of heads) {
    const { name, datatype, shape, parameters } = head;
    const content = head.content ?? readBlob(source, head, heads.length === 1);
    tensors.push({ name, datatype, shape, content, parameters });
  }
  if (source.blobPosition !== source.reader.bytes.length) {
    throw new ProtocolError(
      'invalid-argument',
      `unexpected additional ${source.role} data${source.forModel}`,
    );
  }
  return tensors;
}

function readBlob(source: TensorSource, head: TensorHead, alone: boolean): TensorContent {
  const { reader, blobPosition } = source;
  const rest = reader.bytes.length - blobPosition;
  const size = head.byteSize ?? inferSize(source, head, alone, rest);
  if (size > rest) {
    throw new ProtocolError(
      'invalid-argument',
      `unexpected size for ${source.role} '${head.name}', expecting ${size - rest} additional bytes${source.forModel}`,
    );
  }
  source.blobPosition += size;
  return contentOfBytes(
    { role: source.role, name: head.name, forModel: source.forModel },
    head.datatype,
    head.count,
    reader.bytes.subarray(blobPosition, blobPosition + size),
  );
}

/** What OpenVINO Model Server takes for a tensor that says nothing about its data. */
function inferSize(source: TensorSource, head: TensorHead, alone: boolean, rest: number): number {
  const width = bytesPerElement(head.datatype);
  const size = width === null ? (alone ? rest : null) : head.count * width;
  if (!source.hasHeader || size === null || (rest === 0 && size > 0)) refusePlaces(' no field is set');
  return size;
}

function checkDatatype(subject: TensorSubject, word: string): Datatype {
  if (isDatatype(word)) return word;
  return refuseField(
    'datatype',
    `${subject.role} '${subject.name}'${subject.forModel} has the datatype '${word}', expected one of ${DATATYPES.join(', ')}`,
  );
}

function refusePlaces(found: string): never {
  throw new ProtocolError(
    'invalid-argument',
    `Input must set only one of the following fields: 'data', 'binary_data_size' in 'parameters', 'shared_memory_region' in 'parameters'. But${found}`,
  );
}
