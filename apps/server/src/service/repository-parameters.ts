import type { ParameterValue, ProtocolError } from '@switchyard/open-inference';
import type { LoadOptions } from '../repository/model-repository.ts';
import { invalid, shown } from './texts.ts';

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
        throw failedToLoad(name, "parameter 'config' must be a string that holds JSON");
      }
      config = value;
    } else if (key.startsWith(FILE_PREFIX)) {
      files.set(key.slice(FILE_PREFIX.length), fileBytes(name, key, value));
    } else {
      throw failedToLoad(
        name,
        `unrecognized parameter '${shown(key)}', expected 'config' and 'file:<version>/<name>'`,
      );
    }
  }
  if (files.size > 0 && config === null) {
    throw failedToLoad(name, "files are given in parameters, but no 'config', which they need");
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

/**
 * Refuses a name that no model can have.
 *
 * @throws ProtocolError invalid-argument with Triton's words
 */
export function checkModelName(name: string): void {
  if (name === '') throw invalid('Model name cannot be empty. Please enter a valid name to deploy.');
  if (name !== '.' && name !== '..' && !/[/\\\0]/.test(name)) return;
  throw invalid(`invalid model name '${shown(name)}', model name must not contain path traversal characters`);
}

function fileBytes(name: string, key: string, value: ParameterValue | Uint8Array): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string' && BASE64.test(value)) return Buffer.from(value, 'base64');
  throw failedToLoad(name, `parameter '${shown(key)}' is neither bytes nor base64`);
}

function failedToLoad(name: string, reason: string): ProtocolError {
  return invalid(`failed to load '${shown(name)}', load failed for model '${shown(name)}': ${reason}`);
}
