import { checkOptions, type BackendV1, type OptionValuesV1 } from '@switchyard/core';
import type { OpenRequest } from './open-request.ts';

/** The option values of a request for one backend, checked against its closed schema. */
export function optionsFor(
  backend: BackendV1,
  { options = {}, defaults = {} }: Pick<OpenRequest, 'options' | 'defaults'>,
): OptionValuesV1 {
  const { id, options: schema } = backend.manifest;
  const own = Object.hasOwn(defaults, id) ? defaults[id] : undefined;
  return checkOptions(schema, own === undefined ? options : { ...own, ...options }, `backend \`${id}\``);
}
