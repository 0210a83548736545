import { bytesPerElement, type Datatype } from '../datatype.ts';
import type { TensorContent } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { splitElements } from './byte-elements.ts';
import { refuseElement, type TensorSubject } from './tensor-subject.ts';

/** Bytes as the content of a tensor, checked against its shape. */
export function contentOfBytes(
  subject: TensorSubject,
  datatype: Datatype,
  count: number,
  bytes: Uint8Array,
): TensorContent {
  const which = `inference ${subject.role} '${subject.name}'${subject.forModel}`;
  if (datatype === 'BYTES') {
    return { kind: 'elements', elements: splitElements(bytes, count, ` for ${which}`) };
  }
  checkByteSize(subject, datatype, count, bytes.length);
  if (datatype === 'BOOL') {
    for (let index = 0; index < bytes.length; index += 1) {
      if (bytes[index]! > 1) refuseElement(subject, index, `is ${bytes[index]}, not 0 or 1`);
    }
  }
  return { kind: 'bytes', bytes };
}

/** Refuses data whose size is not that of its shape. Not for BYTES. */
export function checkByteSize(
  subject: TensorSubject,
  datatype: Datatype,
  count: number,
  found: number,
): void {
  const expected = count * (bytesPerElement(datatype) ?? 0);
  if (found === expected) return;
  throw new ProtocolError(
    'invalid-argument',
    `${subject.role} byte size mismatch for ${subject.role} '${subject.name}'${subject.forModel}. Expected ${expected}, got ${found}`,
  );
}
