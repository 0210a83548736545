import type { JsonReader } from '../json/json-reader.ts';
import type { Parameters, ParameterValue } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';

/** What everything without parameters has. */
export const NO_PARAMETERS: Parameters = new Map<string, ParameterValue>();

/** Reads `parameters`: an object of strings, numbers and booleans. */
export function readParameters(reader: JsonReader): Parameters {
  if (reader.kind() !== 'object') {
    throw new ProtocolError(
      'invalid-argument',
      "Unable to parse 'parameters': attempt to access JSON non-object as object",
    );
  }
  if (!reader.beginObject()) return NO_PARAMETERS;
  const parameters = new Map<string, ParameterValue>();
  do {
    const name = reader.readKey();
    if (parameters.has(name)) {
      throw new ProtocolError('invalid-argument', `parameter '${name}' is given twice`);
    }
    parameters.set(name, readParameter(reader, name));
  } while (reader.nextMember());
  return parameters;
}

/** A parameter that must be a size or an offset in bytes, or a count; `null` where it is not given. */
export function unsignedParameter(parameters: Parameters, name: string): number | null {
  const value = parameters.get(name);
  if (value === undefined) return null;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new ProtocolError(
      'invalid-argument',
      `Unable to parse '${name}': attempt to access JSON non-unsigned-integer as unsigned-integer`,
    );
  }
  return value;
}

/** A parameter that must be a boolean; `null` where it is not given. */
export function booleanParameter(parameters: Parameters, name: string): boolean | null {
  const value = parameters.get(name);
  if (value === undefined) return null;
  if (typeof value !== 'boolean') {
    throw new ProtocolError(
      'invalid-argument',
      `Unable to set '${name}': attempt to access JSON non-boolean as boolean`,
    );
  }
  return value;
}

function readParameter(reader: JsonReader, name: string): ParameterValue {
  const kind = reader.kind();
  if (kind === 'string') return reader.readString();
  if (kind === 'boolean') return reader.readBoolean();
  if (kind === 'number') return reader.readNumber();
  throw new ProtocolError(
    'invalid-argument',
    `parameter '${name}' has invalid type. It should be either 'int', 'bool', 'double', or 'string'.`,
  );
}
