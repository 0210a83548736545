import { parseJsonDocument, ProtocolError, type JsonValue } from '@switchyard/open-inference';
import type { Exchange } from './exchange.ts';

/** A JSON object; names are names, whatever they are. */
export type JsonObject = ReadonlyMap<string, JsonValue>;

/** The body of a request as a JSON object; no body is an empty one. @throws ProtocolError invalid-argument */
export async function jsonBody(exchange: Exchange): Promise<JsonObject> {
  const body = await exchange.body();
  if (body.length === 0) return new Map();
  const value = parseJsonDocument(body, { maxDepth: exchange.frontEnd.options.limits.maxJsonDepth });
  if (!isJsonObject(value)) throw new ProtocolError('invalid-argument', 'The body is not a JSON object.');
  return value;
}

/** Whether a value is an object of JSON. */
function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return value instanceof Map;
}

/** The object under `parameters`; none is an empty one. @throws ProtocolError invalid-argument */
export function parametersOf(body: JsonObject): JsonObject {
  const parameters = body.get('parameters');
  if (parameters === undefined) return new Map();
  if (isJsonObject(parameters)) return parameters;
  throw new ProtocolError('invalid-argument', "Unable to parse 'parameters': expected an object");
}
