import { nearestName, SettingsError } from '@switchyard/core';
import { OPTIONS, type OptionSpec } from './option-specs.ts';
import { valuesOf } from './option-values.ts';
import type { ServerSettings } from './server-settings.ts';

/**
 * The settings of a server that a program makes: what it says, checked, and the defaults for the rest.
 *
 * @throws SettingsError `invalid-value`, naming the setting
 */
export function completeSettings(given: Partial<ServerSettings> = {}): ServerSettings {
  const values = new Map<string, unknown>(OPTIONS.map((spec) => [spec.key, spec.default]));
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const spec = OPTIONS.find((one) => one.key === key);
    if (spec === undefined) {
      const nearest = nearestName(key, [...values.keys()]);
      throw refusal(
        key,
        'does not exist',
        nearest === null ? 'Leave it out.' : `Did you mean \`${nearest}\`?`,
      );
    }
    if (!fits(spec, value)) {
      const wanted = numeric(spec) ? `a number, ${rangeOf(spec).join(' to ')}` : valuesOf(spec);
      throw refusal(
        key,
        `is ${JSON.stringify(value)}`,
        `Give ${wanted}${spec.default === null || spec.off === true ? ', or null' : ''}.`,
      );
    }
    values.set(key, value);
  }
  // Every key is in the table; a test compares the two.
  return Object.fromEntries(values) as unknown as ServerSettings;
}

function fits(spec: OptionSpec, value: unknown): boolean {
  if (value === null) return spec.default === null || spec.off === true;
  if (numeric(spec)) {
    const [minimum, maximum] = rangeOf(spec);
    const whole = spec.kind === 'rate' || Number.isInteger(value);
    return typeof value === 'number' && whole && value >= minimum && value <= maximum;
  }
  if (spec.kind === 'boolean') return typeof value === 'boolean';
  const isWord = (word: unknown): boolean =>
    typeof word === 'string' && word !== '' && (spec.words === undefined || spec.words.includes(word));
  return spec.kind === 'list' ? Array.isArray(value) && value.every(isWord) : isWord(value);
}

function numeric({ kind }: OptionSpec): boolean {
  return ['integer', 'port', 'rate', 'bytes', 'duration'].includes(kind);
}

function rangeOf({ kind, minimum, maximum }: OptionSpec): readonly [minimum: number, maximum: number] {
  const least = kind === 'rate' ? Number.MIN_VALUE : 0;
  return [minimum ?? least, maximum ?? (kind === 'port' ? 65_535 : Number.MAX_SAFE_INTEGER)];
}

function refusal(key: string, found: string, remedy: string): SettingsError {
  return new SettingsError('invalid-value', `The server's setting \`${key}\` ${found}.`, {
    source: key,
    remedy,
  });
}
