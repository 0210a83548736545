import { ProtocolError } from '../protocol-error.ts';

/** The tensor that refusals speak of. */
export interface TensorSubject {
  readonly role: 'input' | 'output';
  readonly name: string;
  /** `" for model 'm'"`, or nothing where the model is not known. */
  readonly forModel: string;
}

/** Refuses the data of a tensor whose number of elements is not that of its shape. */
export function refuseCount(): never {
  throw new ProtocolError(
    'invalid-argument',
    "Unable to parse 'data': Shape does not match true shape of 'data' field",
  );
}

/** Refuses one element of a tensor. */
export function refuseElement(subject: TensorSubject, index: number, problem: string): never {
  throw new ProtocolError(
    'invalid-argument',
    `Unable to parse 'data': element ${index} of ${subject.role} '${subject.name}' ${problem}`,
  );
}
