import type { ModelConfigJson } from '@switchyard/open-inference';
import { MODEL_CONFIG } from './model-config-schema.ts';
import type { FieldSchema, MessageSchema } from './schema.ts';

/**
 * The whole document, as Triton answers it: every number, word and list is there, messages only where they
 * were given. Members of a choice are never made up.
 */
export function fillDefaults(config: object): ModelConfigJson {
  return complete(MODEL_CONFIG, config as Readonly<Record<string, unknown>>);
}

function complete(
  schema: MessageSchema,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const whole: Record<string, unknown> = Object.create(null);
  for (const [name, field] of schema.fields) {
    const value = given[name];
    if (value !== undefined) whole[name] = completeValue(field, value);
    else if (field.label === 'repeated') whole[name] = [];
    else if (field.label === 'map') whole[name] = Object.create(null);
    else if (field.choice === null) {
      const made = defaultOf(field);
      if (made !== undefined) whole[name] = made;
    }
  }
  return whole;
}

function completeValue(field: FieldSchema, value: unknown): unknown {
  const { type } = field;
  if (type.kind !== 'message') return value;
  const one = (item: unknown): unknown => complete(type.message, item as Readonly<Record<string, unknown>>);
  if (field.label === 'repeated') return (value as readonly unknown[]).map(one);
  if (field.label === 'one') return one(value);
  const map: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value as object)) map[key] = one(item);
  return map;
}

function defaultOf(field: FieldSchema): unknown {
  switch (field.type.kind) {
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'enum':
      return field.type.values[0];
    case 'message':
    case 'opaque':
      return undefined;
    case 'int32':
    case 'int64':
    case 'uint32':
    case 'uint64':
      return 0;
  }
}
