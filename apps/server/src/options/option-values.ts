import { BOOLEAN_SPELLINGS, parseBoolean } from '@switchyard/core';
import type { OptionSpec } from './option-specs.ts';

const BYTES: Readonly<Record<string, number>> = { '': 1, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3 };
const DURATIONS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A value that was understood, or what should have been written instead. */
export type ParsedValue = { readonly value: unknown } | { readonly wanted: string };

/** Understands the text of a flag or variable. */
export function parseOption(spec: OptionSpec, text: string): ParsedValue {
  const word = text.trim();
  if (spec.off === true && word === 'off') return { value: null };
  switch (spec.kind) {
    case 'text':
      return word === '' ? wanted(spec) : { value: word };
    case 'list': {
      const words = word === '' ? [] : word.split(',').map((one) => one.trim());
      return words.every((one) => isMember(spec, one)) ? { value: words } : wanted(spec);
    }
    case 'choice':
      return spec.words!.includes(word) ? { value: word } : wanted(spec);
    case 'boolean': {
      const value = parseBoolean(word);
      return value === null ? wanted(spec) : { value };
    }
    case 'integer':
    case 'port':
      return /^\d{1,16}$/.test(word) ? within(spec, Number(word)) : wanted(spec);
    case 'rate':
      return /^\d{1,12}(?:\.\d{1,6})?$/.test(word) && Number(word) > 0
        ? { value: Number(word) }
        : wanted(spec);
    case 'bytes': {
      const match = /^(\d{1,16})(|kib|mib|gib)$/i.exec(word);
      return match === null ? wanted(spec) : within(spec, Number(match[1]) * BYTES[match[2]!.toLowerCase()]!);
    }
    case 'duration': {
      if (word === '0') return within(spec, 0);
      const match = /^(\d{1,12}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(word);
      return match === null
        ? wanted(spec)
        : within(spec, Math.round(Number(match[1]) * DURATIONS[match[2]!]!));
    }
  }
}

/** Understands a value of a configuration file: its own type in JSON, or the text of a flag. */
export function parseConfigValue(spec: OptionSpec, value: unknown): ParsedValue {
  if (typeof value === 'boolean') return spec.kind === 'boolean' ? { value } : wanted(spec);
  if (Array.isArray(value)) {
    const texts = value.every((one) => typeof one === 'string' && isMember(spec, one));
    return spec.kind === 'list' && texts ? { value } : wanted(spec);
  }
  if (typeof value === 'number') {
    const plain =
      ['integer', 'port', 'rate', 'bytes'].includes(spec.kind) || (value === 0 && spec.kind === 'duration');
    return plain ? parseOption(spec, String(value)) : wanted(spec);
  }
  if (typeof value !== 'string') return wanted(spec);
  if (spec.kind === 'text' || spec.kind === 'choice' || spec.kind === 'duration')
    return parseOption(spec, value);
  // A number is written as one; text is for what has a unit.
  const unit = (value === 'off' && spec.off === true) || (spec.kind === 'bytes' && /[a-z]$/i.test(value));
  return unit ? parseOption(spec, value) : wanted(spec);
}

/** What may be written, in a few words: for errors, help and the page. */
export function valuesOf(spec: OptionSpec): string {
  const off = spec.off === true ? ', or `off`' : '';
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = spec;
  const range = maximum === Number.MAX_SAFE_INTEGER ? `${minimum} or more` : `${minimum} to ${maximum}`;
  switch (spec.kind) {
    case 'text':
      return 'a text';
    case 'list':
      return spec.words === undefined ? 'a list' : `a list of ${code(spec.words)}`;
    case 'choice':
      return `${code(spec.words!)}${off}`;
    case 'boolean':
      return BOOLEAN_SPELLINGS;
    case 'integer':
      return `a whole number, ${range}${off}`;
    case 'port':
      return `a port, 0 to 65535${off}`;
    case 'rate':
      return `a number above 0${off}`;
    case 'bytes':
      return `bytes, as \`64MiB\`${off}`;
    case 'duration':
      return `a time, as \`500ms\`, \`30s\` or \`2m\`${off}`;
  }
}

/** A value as a person would write it. */
export function writeValue(spec: OptionSpec, value: unknown): string {
  if (value === null) return spec.off === true ? 'off' : '';
  if (Array.isArray(value)) return value.join(',');
  if (spec.kind === 'bytes')
    return writeUnits(
      Number(value),
      [
        ['GiB', BYTES['gib']!],
        ['MiB', BYTES['mib']!],
        ['KiB', 1024],
      ],
      '',
    );
  if (spec.kind === 'duration') {
    if (value === 0) return '0';
    return writeUnits(Number(value), [['s', 1000]], 'ms');
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}

function writeUnits(value: number, units: readonly (readonly [string, number])[], otherwise: string): string {
  const unit = units.find(([, size]) => value >= size && value % size === 0);
  return unit === undefined ? `${value}${otherwise}` : `${value / unit[1]}${unit[0]}`;
}

function isMember(spec: OptionSpec, word: string): boolean {
  return word !== '' && (spec.words === undefined || spec.words.includes(word));
}

function within(spec: OptionSpec, value: number): ParsedValue {
  const { minimum = 0, maximum = spec.kind === 'port' ? 65_535 : Number.MAX_SAFE_INTEGER } = spec;
  return value >= minimum && value <= maximum ? { value } : wanted(spec);
}

function wanted(spec: OptionSpec): ParsedValue {
  return { wanted: valuesOf(spec) };
}

function code(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}
