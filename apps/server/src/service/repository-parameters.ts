import type { ParameterValue } from '@switchyard/open-inference';
import type { LoadOptions } from '../repository/model-repository.ts';
import { loadFailed, shown } from '../repository/texts.ts';
import { invalid } from './texts.ts';

/** Parameters of a request to load or unload a model. */
export type RepositoryParameters = ReadonlyMap<string, ParameterValue | Uint8Array>;

const FILE_PREFIX = 'file:';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Reads the parameters of a load: `config` as JSON text, and `file:<path>` as bytes or, where the protocol
 * has no bytes, in base64.
 *
 * @throws ProtocolError invalid-argument, with both phrases that clients look for
 */
export function loadOptions(name: string, parameters: RepositoryParameters): LoadOptions {
  let config: string | null = null;
  const files = new Map<string, Uint8Array>();
  for (const [key, value] of parameters) {
    if (key === 'config') {
      if (typeof value !== 'string') {
        throw loadFailed(name, "parameter 'config' must be a string that holds JSON");
      }
      config = value;
    } else if (key.startsWith(FILE_PREFIX)) {
      files.set(key.slice(FILE_PREFIX.length), fileBytes(name, key, value));
    } else {
      throw loadFailed(
        name,
        `unrecognized parameter '${shown(key)}', expected 'config' and 'file:<version>/<name>'`,
      );
    }
  }
  if (files.size > 0 && config === null) {
    throw loadFailed(name, "files are given in parameters, but no 'config', which they need");
  }
  return { config, files };
}

/**
 * Reads the parameters of an unload.
 *
 * @throws ProtocolError invalid-argument
 */
export function unloadOptions(parameters: RepositoryParameters): { readonly dependents: boolean } {
  let dependents = false;
  for (const [key, value] of parameters) {
    if (key !== 'unload_dependents') {
      throw invalid(`unrecognized parameter '${shown(key)}' for unload, expected 'unload_dependents'`);
    }
    if (typeof value !== 'boolean') throw invalid("parameter 'unload_dependents' must be a boolean");
    dependents = value;
  }
  return { dependents };
}

function fileBytes(name: string, key: string, value: ParameterValue | Uint8Array): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string' && BASE64.test(value)) return Buffer.from(value, 'base64');
  throw loadFailed(name, `parameter '${shown(key)}' is neither bytes nor base64`);
}
