import { errorText, nearestName } from '@switchyard/core';
import { checkSupport } from './check-support.ts';
import { ConfigProblem, type ModelConfig } from './model-config.ts';
import { MODEL_CONFIG } from './model-config-schema.ts';
import { unknownField } from './read-text-config.ts';
import { integerOf, type FieldSchema, type MessageSchema } from './schema.ts';

const WHERE = "the parameter 'config'";
const LONGEST = 1024 * 1024;

/**
 * Reads a `ModelConfig` in proto-JSON: names in snake case or camel case, integers as numbers or strings,
 * enumerations by name or number, `null` for what is not said.
 *
 * @throws ConfigProblem with the path of the field
 */
export function readJsonConfig(text: string): ModelConfig {
  if (text.length > LONGEST) {
    throw new ConfigProblem(`${WHERE} has ${text.length} characters, more than the ${LONGEST} that are read`);
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new ConfigProblem(`${WHERE} is no JSON: ${errorText(error)}`);
  }
  const config = readMessage(MODEL_CONFIG, document, '') as ModelConfig;
  return checkSupport(config, WHERE);
}

function problem(path: string, what: string): ConfigProblem {
  return new ConfigProblem(path === '' ? `${WHERE} ${what}` : `${WHERE}: \`${path}\` ${what}`);
}

function readMessage(schema: MessageSchema, value: unknown, path: string): Record<string, unknown> {
  if (!isRecord(value)) throw problem(path, `takes an object, but is ${show(value)}`);
  const read: Record<string, unknown> = Object.create(null);
  const choices = new Map<string, string>();
  for (const [key, item] of Object.entries(value)) {
    const name = schema.fields.has(key) ? key : snakeCase(key);
    const field = schema.fields.get(name);
    if (field === undefined)
      throw new ConfigProblem(
        `${WHERE}: ${unknownField(schema, key)}${path === '' ? '' : ` (in \`${path}\`)`}`,
      );
    if (item === null) continue;
    const here = path === '' ? name : `${path}.${name}`;
    if (name in read) throw problem(here, 'is given twice');
    const before = field.choice === null ? undefined : choices.get(field.choice);
    if (before !== undefined)
      throw problem(here, `cannot stand beside \`${before}\`: only one of them can be given`);
    if (field.choice !== null) choices.set(field.choice, name);
    read[name] = readField(field, item, here);
  }
  return read;
}

function readField(field: FieldSchema, value: unknown, path: string): unknown {
  if (field.label === 'one') return readValue(field, value, path);
  if (field.label === 'repeated') {
    if (!Array.isArray(value)) throw problem(path, `takes a list, but is ${show(value)}`);
    return value.map((item, index) => readValue(field, item, `${path}[${index}]`));
  }
  if (!isRecord(value)) throw problem(path, `takes an object, but is ${show(value)}`);
  const map: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) {
    if (field.key === 'uint64' && !/^(?:0|[1-9]\d{0,15})$/.test(key)) {
      throw problem(path, `takes whole numbers as keys, but has ${JSON.stringify(key)}`);
    }
    map[key] = readValue(field, item, `${path}[${JSON.stringify(key)}]`);
  }
  return map;
}

function readValue(field: FieldSchema, value: unknown, path: string): unknown {
  const { type } = field;
  switch (type.kind) {
    case 'message':
      return readMessage(type.message, value, path);
    case 'opaque':
      return {};
    case 'string':
      if (typeof value !== 'string') throw problem(path, `takes a string, but is ${show(value)}`);
      return value;
    case 'bool':
      if (typeof value !== 'boolean') throw problem(path, `takes true or false, but is ${show(value)}`);
      return value;
    case 'enum':
      return readEnum(type.values, value, path);
    case 'int32':
    case 'int64':
    case 'uint32':
    case 'uint64':
      return readInteger(field, value, path);
  }
}

function readEnum(names: readonly string[], value: unknown, path: string): string {
  const name = typeof value === 'number' ? names[value] : names.find((candidate) => candidate === value);
  if (name !== undefined) return name;
  const nearest = typeof value === 'string' ? nearestName(value, names) : null;
  const hint = nearest === null ? `it is one of ${names.join(', ')}` : `did you mean \`${nearest}\`?`;
  throw problem(path, `cannot be ${show(value)}; ${hint}`);
}

function readInteger(field: FieldSchema, value: unknown, path: string): number {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || !/^-?\d{1,20}$/.test(text)) {
    throw problem(path, `takes a whole number, but is ${show(value)}`);
  }
  const integer = integerOf(field.type.kind, BigInt(text));
  if (typeof integer === 'string') throw problem(path, integer);
  return integer;
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
