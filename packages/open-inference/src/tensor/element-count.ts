import { bytesPerElement, type Datatype } from '../datatype.ts';
import { ProtocolError } from '../protocol-error.ts';
import type { TensorSubject } from './tensor-subject.ts';

const LARGEST = 2n ** 63n - 1n;

/**
 * Product of the sizes of a shape, exactly, before anything of that size is reserved.
 *
 * @throws invalid-argument when the elements or their bytes overflow the protocol's integers
 * @throws too-large past `maxElements`
 */
export function countElements(
  subject: TensorSubject,
  datatype: Datatype,
  shape: readonly number[],
  maxElements: number,
): number {
  let count = 1;
  for (const size of shape) count *= size;
  // A size of zero may stand beside others whose product is past what a double tells, even NaN.
  const tellable = Number.isSafeInteger(count * 8);
  if (tellable && count <= maxElements) return count;
  if (shape.includes(0)) return 0;
  if (!tellable) refuseOverflow(subject, datatype, shape);
  throw new ProtocolError(
    'too-large',
    `${subject.role} '${subject.name}'${subject.forModel} has ${count} elements, more than the ${maxElements} that are allowed`,
  );
}

function refuseOverflow(subject: TensorSubject, datatype: Datatype, shape: readonly number[]): never {
  const exact = shape.reduce((product, size) => product * BigInt(size), 1n);
  const which = `${subject.role} '${subject.name}'${subject.forModel}`;
  const text =
    exact > LARGEST
      ? `shape [${shape.join(',')}] of ${which} causes total element count to exceed maximum size of ${LARGEST}`
      : `byte size overflow for ${which}: ${exact} elements of ${bytesPerElement(datatype) ?? 4} bytes or more`;
  throw new ProtocolError('invalid-argument', text);
}
