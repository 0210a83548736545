import type { CodecLimits } from '../infer/codec-options.ts';
import { ProtocolError } from '../protocol-error.ts';
import { JsonReader } from './json-reader.ts';

/** JSON with objects as maps, and integers of 64 bits that a number cannot hold exactly as bigint. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | ReadonlyMap<string, JsonValue>;

interface Frame {
  readonly container: JsonValue[] | Map<string, JsonValue>;
  key: string;
}

/**
 * Reads a small document: of the repository, settings, shared memory.
 *
 * @throws invalid-argument with the offset of a fault, for nesting past `maxDepth`, and for an object
 *   that names a member twice
 */
export function parseJsonDocument(body: Uint8Array, limits: Pick<CodecLimits, 'maxDepth'>): JsonValue {
  const reader = new JsonReader(body, body.length, limits.maxDepth, 'request');
  const value = readValue(reader);
  reader.finish();
  return value;
}

function readValue(reader: JsonReader): JsonValue {
  const stack: Frame[] = [];
  for (;;) {
    let value: JsonValue;
    const kind = reader.kind();
    if (kind === 'object' || kind === 'array') {
      const container = kind === 'object' ? new Map<string, JsonValue>() : [];
      const filled = kind === 'object' ? reader.beginObject() : reader.beginArray();
      if (filled) {
        stack.push({ container, key: container instanceof Map ? readNewKey(reader, container) : '' });
        continue;
      }
      value = container;
    } else if (kind === 'string') value = reader.readString();
    else if (kind === 'boolean') value = reader.readBoolean();
    else if (kind === 'number') value = reader.readNumber();
    else {
      reader.passWord('null');
      value = null;
    }
    for (;;) {
      const frame = stack.at(-1);
      if (frame === undefined) return value;
      const { container } = frame;
      if (container instanceof Map) {
        container.set(frame.key, value);
        if (reader.nextMember()) {
          frame.key = readNewKey(reader, container);
          break;
        }
      } else {
        container.push(value);
        if (reader.nextElement()) break;
      }
      value = container;
      stack.pop();
    }
  }
}

function readNewKey(reader: JsonReader, container: ReadonlyMap<string, JsonValue>): string {
  const key = reader.readKey();
  if (container.has(key)) {
    throw new ProtocolError(
      'invalid-argument',
      `Unable to parse '${key}': the object has this member twice, at ${reader.position}`,
    );
  }
  return key;
}
