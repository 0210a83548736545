import { ProtocolError, type JsonValue } from '@switchyard/open-inference';
import type { Exchange } from './exchange.ts';
import { jsonBody } from './json-body.ts';

/** `POST` of settings of traces, of the server or of a model. */
export async function changeTraceSettings(exchange: Exchange): Promise<void> {
  const changes: Record<string, string | readonly string[] | null> = Object.create(null);
  for (const [name, value] of await jsonBody(exchange)) changes[name] = traceSetting(name, value);
  const { service } = exchange.frontEnd.options;
  exchange.answerJson(service.updateTraceSettings(exchange.match.model, changes));
}

/** `POST /v2/logging`. */
export async function changeLogSettings(exchange: Exchange): Promise<void> {
  const changes: Record<string, unknown> = Object.create(null);
  for (const [name, value] of await jsonBody(exchange)) {
    changes[name] = typeof value === 'bigint' ? Number(value) : value;
  }
  exchange.answerJson(exchange.frontEnd.options.service.updateLogSettings(changes));
}

function traceSetting(name: string, value: JsonValue): string | readonly string[] | null {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map((one: JsonValue) => word(name, one));
  return word(name, value);
}

function word(name: string, value: JsonValue): string {
  if (value !== null && typeof value !== 'object') return String(value);
  throw new ProtocolError(
    'invalid-argument',
    `Unable to parse '${name}': expected a string, a list of strings or null`,
  );
}
