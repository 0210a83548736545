import { ProtocolError } from '@switchyard/open-inference';
import type { Exchange } from './exchange.ts';
import { jsonBody, type JsonObject } from './json-body.ts';

/** `POST /v2/systemsharedmemory/region/R/register`. */
export async function registerRegion(exchange: Exchange): Promise<void> {
  const body = await jsonBody(exchange);
  const key = body.get('key');
  if (typeof key !== 'string') {
    throw new ProtocolError('invalid-argument', "Unable to parse 'key': expected a string");
  }
  exchange.frontEnd.options.service.sharedMemory.register({
    name: exchange.match.region,
    key,
    offset: body.has('offset') ? size(body, 'offset') : 0,
    byte_size: size(body, 'byte_size'),
  });
  exchange.answerText('', '');
}

function size(body: JsonObject, name: string): number {
  const value = body.get(name);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new ProtocolError('invalid-argument', `Unable to parse '${name}': expected an unsigned integer`);
}
