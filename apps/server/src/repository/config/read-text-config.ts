import { nearestName } from '@switchyard/core';
import { ConfigProblem, type ModelConfig } from './model-config.ts';
import { MODEL_CONFIG } from './model-config-schema.ts';
import { checkSupport } from './check-support.ts';
import { entrySchema, integerOf, type FieldSchema, type MessageSchema } from './schema.ts';
import { parseTextFormat, type TextField, type TextValue } from './text-format.ts';
import { problemAt } from './text-tokens.ts';

/**
 * Reads a `config.pbtxt`.
 *
 * @param file name for messages
 * @throws ConfigProblem with file, line, column and field
 */
export function readTextConfig(bytes: Uint8Array, file: string): ModelConfig {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigProblem(`${file} is no UTF-8 text`);
  }
  const config = readMessage(MODEL_CONFIG, parseTextFormat(text, file)) as ModelConfig;
  return checkSupport(config, file);
}

function readMessage(schema: MessageSchema, fields: readonly TextField[]): Record<string, unknown> {
  const read: Record<string, unknown> = Object.create(null);
  const choices = new Map<string, string>();
  for (const field of fields) {
    const spec = schema.fields.get(field.name);
    if (spec === undefined) throw problemAt(field.place, unknownField(schema, field.name));
    const { choice } = spec;
    const before = choice === null ? undefined : choices.get(choice);
    if (before !== undefined && before !== field.name) {
      throw problemAt(
        field.place,
        `\`${field.name}\` cannot stand beside \`${before}\`: only one of them can be given`,
      );
    }
    if (choice !== null) choices.set(choice, field.name);
    addField(read, spec, schema, field);
  }
  return read;
}

/** What a name is that no field has. */
export function unknownField(schema: MessageSchema, name: string): string {
  const nearest = nearestName(name, [...schema.fields.keys()]);
  const hint = nearest === null ? '' : `. Did you mean \`${nearest}\`?`;
  return `the field \`${name}\` of \`${schema.name}\` is unknown${hint}`;
}

function addField(
  read: Record<string, unknown>,
  spec: FieldSchema,
  schema: MessageSchema,
  field: TextField,
): void {
  const { name } = field;
  if (spec.label === 'one') {
    if (field.list) throw problemAt(field.place, `\`${name}\` takes one value, but a list stands here`);
    if (name in read) throw problemAt(field.place, `\`${name}\` is given twice`);
    read[name] = readValue(spec, name, field.values[0]!);
    return;
  }
  if (spec.label === 'repeated') {
    const values = (read[name] ??= []) as unknown[];
    for (const value of field.values) values.push(readValue(spec, name, value));
    return;
  }
  const entries = (read[name] ??= Object.create(null)) as Record<string, unknown>;
  const entry = entrySchema(`${schema.name}.${name}`, spec);
  for (const value of field.values) {
    if (value.kind !== 'message')
      throw problemAt(value.place, `\`${name}\` takes entries of \`key\` and \`value\``);
    const { key, value: item } = readMessage(entry, value.fields);
    const text =
      typeof key === 'string' || typeof key === 'number' ? `${key}` : spec.key === 'uint64' ? '0' : '';
    // As protocol buffers have it, the last of two equal keys counts; here it is a mistake.
    if (text in entries) throw problemAt(value.place, `\`${name}\` has the key \`${text}\` twice`);
    entries[text] = item ?? (spec.type.kind === 'message' ? Object.create(null) : '');
  }
}

function readValue(spec: FieldSchema, name: string, value: TextValue): unknown {
  const { type } = spec;
  const wrong = (wanted: string): ConfigProblem =>
    problemAt(value.place, `\`${name}\` takes ${wanted}, but ${showValue(value)} stands here`);
  switch (type.kind) {
    case 'message':
      if (value.kind !== 'message') throw wrong('a message in braces');
      return readMessage(type.message, value.fields);
    case 'opaque':
      if (value.kind !== 'message') throw wrong('a message in braces');
      return {};
    case 'string':
      if (value.kind !== 'string') throw wrong('a string in quotes');
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value.bytes);
      } catch {
        throw problemAt(value.place, `the string of \`${name}\` is no UTF-8 text`);
      }
    case 'bool':
      if (value.kind === 'word' && ['true', 'True', 't'].includes(value.text)) return true;
      if (value.kind === 'word' && ['false', 'False', 'f'].includes(value.text)) return false;
      if (value.kind === 'number' && ['0', '1'].includes(value.text)) return value.text === '1';
      throw wrong('true or false');
    case 'enum':
      return readEnum(type.values, name, value, wrong);
    case 'int32':
    case 'int64':
    case 'uint32':
    case 'uint64':
      if (value.kind !== 'number') throw wrong('a whole number');
      return readInteger(spec, name, value, wrong);
  }
}

function readEnum(
  names: readonly string[],
  field: string,
  value: TextValue,
  wrong: (wanted: string) => ConfigProblem,
): string {
  if (value.kind === 'word' && names.includes(value.text)) return value.text;
  const numbered =
    value.kind === 'number' && /^\d+$/.test(value.text) ? names[Number(value.text)] : undefined;
  if (numbered !== undefined) return numbered;
  if (value.kind !== 'word') throw wrong(`one of ${names.join(', ')}`);
  const nearest = nearestName(value.text, names);
  const hint = nearest === null ? `it is one of ${names.join(', ')}` : `did you mean \`${nearest}\`?`;
  throw problemAt(value.place, `\`${field}\` cannot be \`${value.text}\`; ${hint}`);
}

function readInteger(
  spec: FieldSchema,
  name: string,
  value: TextValue & { readonly text: string },
  wrong: (wanted: string) => ConfigProblem,
): number {
  const { text } = value;
  const digits = text.startsWith('-') ? text.slice(1) : text;
  if (!/^(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/.test(digits)) throw wrong('a whole number');
  // A leading zero means octal in text format.
  const size = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const integer = integerOf(spec.type.kind, text.startsWith('-') ? -size : size);
  if (typeof integer === 'string') throw problemAt(value.place, `\`${name}\` ${integer}`);
  return integer;
}

function showValue(value: TextValue): string {
  if (value.kind === 'message') return 'a message';
  return value.kind === 'string' ? 'a string' : `\`${value.text}\``;
}
