import type { Datatype } from '../datatype.ts';
import type { Parameters, ParameterValue, TensorContent } from '../messages.ts';
import { checkByteSize } from '../tensor/content-of-bytes.ts';
import type { TensorSubject } from '../tensor/tensor-subject.ts';
import { refuseAbsent, refuseField } from './read-fields.ts';
import { NO_PARAMETERS, unsignedParameter } from './read-parameters.ts';

/** Parameters that say where the data is: they become the content. */
const PLACES: readonly string[] = [
  'binary_data_size',
  'shared_memory_region',
  'shared_memory_offset',
  'shared_memory_byte_size',
];

/** Shared memory that parameters name. */
export function readRegion(
  parameters: Parameters,
  datatype: Datatype,
  count: number,
  subject: TensorSubject,
): TensorContent {
  const region = parameters.get('shared_memory_region');
  if (typeof region !== 'string') {
    refuseField('shared_memory_region', 'attempt to access JSON non-string as string');
  }
  const offset = unsignedParameter(parameters, 'shared_memory_offset') ?? 0;
  const byteSize = unsignedParameter(parameters, 'shared_memory_byte_size');
  if (byteSize === null) refuseAbsent('shared_memory_byte_size');
  if (datatype !== 'BYTES') checkByteSize(subject, datatype, count, byteSize);
  return { kind: 'region', region, offset, byteSize };
}

/** Parameters less those that became the content. */
export function withoutPlaces(parameters: Parameters): Parameters {
  if (!PLACES.some((name) => parameters.has(name))) return parameters;
  const rest = new Map<string, ParameterValue>(parameters);
  for (const name of PLACES) rest.delete(name);
  return rest.size === 0 ? NO_PARAMETERS : rest;
}
