import { MODEL_CONFIG } from '../config/model-config-schema.ts';
import { entrySchema, type FieldSchema, type MessageSchema } from '../config/schema.ts';

/** Choices of how the same thing can be written. */
export type Style = (choices: number) => number;

/** Writes a configuration in text format, in one of the many ways that mean the same. */
export function printTextConfig(config: object, style: Style): string {
  return printMessage(MODEL_CONFIG, config as Readonly<Record<string, unknown>>, style);
}

function printMessage(schema: MessageSchema, value: Readonly<Record<string, unknown>>, style: Style): string {
  const parts: string[] = [];
  for (const [name, item] of Object.entries(value)) {
    const field = schema.fields.get(name)!;
    if (field.label === 'map') {
      const entry = entrySchema(schema.name, field);
      for (const [key, inner] of Object.entries(item as object)) {
        const pair = { key: field.key === 'uint64' ? Number(key) : key, value: inner as unknown };
        parts.push(`${name}${style(2) === 0 ? ':' : ''} ${braces(printMessage(entry, pair, style), style)}`);
      }
    } else if (field.label === 'repeated' && style(2) === 0) {
      const items = (item as readonly unknown[]).map((inner) => printValue(field, inner, style));
      parts.push(`${name}: [ ${items.join(', ')} ]`);
    } else {
      const items = field.label === 'repeated' ? (item as readonly unknown[]) : [item];
      for (const inner of items) {
        const colon = field.type.kind === 'message' && style(2) === 0 ? '' : ':';
        parts.push(`${name}${colon} ${printValue(field, inner, style)}`);
      }
    }
  }
  const separator = [' ', '\n', ', ', '; ', ' # a note\n'][style(5)]!;
  return parts.join(separator);
}

function printValue(field: FieldSchema, value: unknown, style: Style): string {
  const { type } = field;
  switch (type.kind) {
    case 'message':
      return braces(printMessage(type.message, value as Readonly<Record<string, unknown>>, style), style);
    case 'string':
      return printString(value as string, style);
    case 'enum':
      return style(3) === 0 ? String(type.values.indexOf(value as string)) : (value as string);
    case 'bool':
      return value === true ? ['true', 'True', 't', '1'][style(4)]! : ['false', 'False', 'f', '0'][style(4)]!;
    case 'opaque':
      return '{}';
    case 'int32':
    case 'int64':
    case 'uint32':
    case 'uint64': {
      const number = value as number;
      const digits = Math.abs(number);
      const written = [`${digits}`, `0x${digits.toString(16)}`, `0${digits.toString(8)}`][style(3)]!;
      return number < 0 ? `-${written}` : written;
    }
  }
}

function braces(text: string, style: Style): string {
  return style(3) === 0 ? `< ${text}\n>` : `{ ${text}\n}`;
}

function printString(text: string, style: Style): string {
  const cut = style(text.length + 1);
  const quote = style(2) === 0 ? '"' : "'";
  const piece = (part: string): string =>
    quote +
    Array.from(part)
      .map((character) => {
        if (character === quote || character === '\\') return `\\${character}`;
        const plain = character > '\u001f' && character !== '\u007f' && style(4) !== 0;
        if (plain) return character;
        return [...new TextEncoder().encode(character)]
          .map((byte) => (style(2) === 0 ? `\\x${byte.toString(16).padStart(2, '0')}` : `\\${byte.toString(8).padStart(3, '0')}`))
          .join('');
      })
      .join('') +
    quote;
  const points = Array.from(text);
  return cut === 0 ? piece(text) : `${piece(points.slice(0, cut).join(''))} ${piece(points.slice(cut).join(''))}`;
}
