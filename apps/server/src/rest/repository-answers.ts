import { ProtocolError, type JsonValue, type ParameterValue } from '@switchyard/open-inference';
import type { Exchange } from './exchange.ts';
import { jsonBody, parametersOf, type JsonObject } from './json-body.ts';

const BASE64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;

/** `POST /v2/repository/index`. */
export async function readRepositoryIndex(exchange: Exchange): Promise<void> {
  const ready = (await jsonBody(exchange)).get('ready') ?? false;
  if (typeof ready !== 'boolean') {
    throw new ProtocolError('invalid-argument', "Invalid value for 'ready': expected a boolean");
  }
  exchange.answerJson(exchange.frontEnd.options.service.repositoryIndex(ready));
}

/** `POST /v2/repository/models/M/load`. */
export async function loadModel(exchange: Exchange): Promise<void> {
  const { model } = exchange.match;
  const given = parametersOf(await jsonBody(exchange));
  const parameters = new Map<string, ParameterValue | Uint8Array>();
  for (const [name, value] of given) {
    parameters.set(name, name.startsWith('file:') ? fileOf(model, name, value) : plain(name, value));
  }
  await exchange.frontEnd.options.service.load(model, parameters);
  exchange.answerText('', '');
}

/** `POST /v2/repository/models/M/unload`. */
export async function unloadModel(exchange: Exchange): Promise<void> {
  const given: JsonObject = parametersOf(await jsonBody(exchange));
  const parameters = new Map<string, ParameterValue>();
  for (const [name, value] of given) parameters.set(name, plain(name, value));
  await exchange.frontEnd.options.service.unload(exchange.match.model, parameters);
  exchange.answerText('', '');
}

function plain(name: string, value: JsonValue): ParameterValue {
  if (typeof value === 'object') {
    throw new ProtocolError(
      'invalid-argument',
      `parameter '${name}' has invalid type, it should be a string, a number or a bool`,
    );
  }
  return value;
}

function fileOf(model: string, name: string, value: JsonValue): Uint8Array {
  if (typeof value === 'string' && BASE64.test(value)) return Buffer.from(value, 'base64');
  throw new ProtocolError(
    'invalid-argument',
    `failed to load '${model}', load failed for model '${model}': the parameter '${name}' is not base64.`,
  );
}
