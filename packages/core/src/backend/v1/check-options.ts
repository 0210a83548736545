import { SettingsError } from '../../errors/settings-error.ts';
import { nearestName } from '../../util/nearest-name.ts';
import type { OptionSchemaV1, OptionSpecV1, OptionValuesV1 } from './options-v1.ts';

type OptionValue = boolean | number | string;

/**
 * Checks option values against a closed schema. Defaults are not filled in, and nothing is converted.
 *
 * @param subject whose options they are, for messages and as the error's source: ``backend `cpu` ``
 * @throws SettingsError `invalid-value` for an unknown name, a wrong type, or a value out of bounds
 */
export function checkOptions(
  schema: OptionSchemaV1,
  values: Readonly<Record<string, unknown>>,
  subject: string,
): OptionValuesV1 {
  const checked: [string, OptionValue][] = [];
  for (const [key, value] of Object.entries(values)) {
    checked.push([key, checkValue(specOf(schema, key, subject), key, value, subject)]);
  }
  return Object.fromEntries(checked);
}

/**
 * The value that a text, as it comes from a command line or a query, has for one option: `true` and
 * `false` for booleans, decimal digits for numbers, the text itself otherwise. It is checked too.
 *
 * @throws SettingsError `invalid-value` for an unknown name, or a text that is no value of the option
 */
export function parseOptionText(
  schema: OptionSchemaV1,
  key: string,
  text: string,
  subject = 'options',
): OptionValue {
  const spec = specOf(schema, key, subject);
  return checkValue(spec, key, fromText(spec, text), subject);
}

function specOf(schema: OptionSchemaV1, key: string, subject: string): OptionSpecV1 {
  const spec = Object.hasOwn(schema, key) ? schema[key] : undefined;
  if (spec !== undefined) return spec;
  const names = Object.keys(schema);
  const nearest = nearestName(key, names);
  const known = names.length === 0 ? 'none' : names.map((name) => `\`${name}\``).join(', ');
  throw new SettingsError(
    'invalid-value',
    `There is no option \`${key}\` in ${subject}; the options are: ${known}.`,
    {
      source: subject,
      remedy: nearest === null ? 'Leave it out.' : `Did you mean \`${nearest}\`?`,
    },
  );
}

function fromText(spec: OptionSpecV1, text: string): OptionValue {
  switch (spec.type) {
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'integer':
    case 'number':
      return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
    case 'string':
    case 'enum':
      return text;
  }
}

function checkValue(spec: OptionSpecV1, key: string, value: unknown, subject: string): OptionValue {
  if (fits(spec, value)) return value;
  const shown = typeof value === 'string' ? `\`${value}\`` : describe(value);
  throw new SettingsError('invalid-value', `The option \`${key}\` in ${subject} cannot be ${shown}.`, {
    source: subject,
    remedy: `Give ${wanted(spec)}.`,
  });
}

function fits(spec: OptionSpecV1, value: unknown): value is OptionValue {
  switch (spec.type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
    case 'number':
      return (
        typeof value === 'number' &&
        (spec.type === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
        value >= (spec.minimum ?? -Infinity) &&
        value <= (spec.maximum ?? Infinity)
      );
    case 'string':
      return typeof value === 'string';
    case 'enum':
      return typeof value === 'string' && spec.values.includes(value);
  }
}

function wanted(spec: OptionSpecV1): string {
  switch (spec.type) {
    case 'boolean':
      return '`true` or `false`';
    case 'enum':
      return `one of ${spec.values.map((value) => `\`${value}\``).join(', ')}`;
    case 'string':
      return 'a text';
    case 'integer':
    case 'number': {
      const kind = spec.type === 'integer' ? 'a whole number' : 'a number';
      const bounds = [
        ...(spec.minimum === undefined ? [] : [`at least ${spec.minimum}`]),
        ...(spec.maximum === undefined ? [] : [`at most ${spec.maximum}`]),
      ];
      const unit = spec.unit === undefined ? '' : ` of ${spec.unit}`;
      return `${kind}${unit}${bounds.length === 0 ? '' : `, ${bounds.join(' and ')}`}`;
    }
  }
}

function describe(value: unknown): string {
  return value === null || typeof value !== 'object' ? String(value) : 'an object';
}
