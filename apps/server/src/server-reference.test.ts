import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { REFERENCES } from '../scripts/generate-server-reference.ts';
import { configKeyOf, OPTIONS, type OptionSpec } from './options/option-specs.ts';
import { parseConfigValue, parseOption, writeValue } from './options/option-values.ts';
import { VERSION } from './version.ts';

/** White space aside, which the formatter of the repository lays out. */
const words = (text: string): string => text.replaceAll(/[ \t\n]+|-{3,}/g, ' ').replaceAll(/ ?\| ?/g, '|');

describe('the reference', () => {
  it.each(REFERENCES.map((reference) => [reference.file.pathname.split('/').at(-1)!, reference] as const))(
    '%s is what the program says',
    (name, { file, make }) => {
      const written = readFileSync(file, 'utf8');
      if (name.endsWith('.json')) expect(JSON.parse(written)).toEqual(JSON.parse(make()));
      else expect(words(written)).toBe(words(make()));
    },
  );

  it('has the version of package.json', () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      readonly version: string;
    };
    expect(VERSION).toBe(manifest.version);
  });
});

const schema = JSON.parse(
  readFileSync(new URL('../schemas/server-settings.schema.json', import.meta.url), 'utf8'),
) as object;
const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

/** Values that somebody could write for an option, right and wrong. */
const samples = (spec: OptionSpec): readonly unknown[] => [
  ...(spec.words ?? []),
  true,
  false,
  0,
  1,
  8000,
  70_000,
  -1,
  1.5,
  'off',
  '',
  'x',
  '64MiB',
  '30s',
  '1.5s',
  '30',
  'xyz',
  null,
  {},
  [],
  ['infer'],
  ['x', 'y'],
  [''],
  [1],
];

describe('options', () => {
  it.each(OPTIONS.map((spec) => [spec.name, spec] as const))(
    '%s has a default that can be written',
    (_name, spec) => {
      const written = writeValue(spec, spec.default);
      if (spec.default !== null || spec.off === true) {
        expect(parseOption(spec, written)).toEqual({ value: spec.default });
      } else expect(written).toBe('');
    },
  );

  it.each(OPTIONS.map((spec) => [spec.name, spec] as const))(
    '%s takes from a file what the schema allows, and nothing else',
    (_name, spec) => {
      for (const value of samples(spec)) {
        const read = 'value' in parseConfigValue(spec, value);
        expect({ value, allowed: valid({ [configKeyOf(spec)]: value }) }).toEqual({ value, allowed: read });
      }
    },
  );

  it('are no two of one name', () => {
    expect(new Set(OPTIONS.map(({ name }) => name)).size).toBe(OPTIONS.length);
  });
});
