import { describe, expect, it } from 'vitest';
import { SettingsError } from '../../errors/settings-error.ts';
import { checkOptions, parseOptionText } from './check-options.ts';
import type { OptionSchemaV1 } from './options-v1.ts';

const schema: OptionSchemaV1 = {
  threads: { type: 'integer', description: 'Threads.', minimum: 1, maximum: 64, unit: 'threads', default: 4 },
  ratio: { type: 'number', description: 'Ratio.', minimum: 0 },
  arena: { type: 'boolean', description: 'Arena.' },
  mode: { type: 'enum', description: 'Mode.', values: ['fast', 'small'] },
  name: { type: 'string', description: 'Name.' },
};

describe('checkOptions', () => {
  it('gives back what fits, and fills in nothing', () => {
    const values = { threads: 2, ratio: 0.5, arena: false, mode: 'small', name: '' };
    expect(checkOptions(schema, values, 'test')).toEqual(values);
    expect(checkOptions(schema, {}, 'test')).toEqual({});
  });

  it.each([
    [{ thread: 2 }, /no option `thread`.*Did you mean `threads`\?/],
    [{ constructor: 2 }, /no option `constructor`/],
    [{ threads: 0 }, /`threads` in test cannot be 0.*whole number of threads, at least 1 and at most 64/],
    [{ threads: 65 }, /cannot be 65/],
    [{ threads: 1.5 }, /cannot be 1.5/],
    [{ threads: '2' }, /cannot be `2`/],
    [{ ratio: Number.NaN }, /cannot be NaN/],
    [{ ratio: Infinity }, /cannot be Infinity/],
    [{ ratio: -1 }, /at least 0/],
    [{ arena: 1 }, /`true` or `false`/],
    [{ arena: undefined }, /cannot be undefined/],
    [{ mode: 'FAST' }, /one of `fast`, `small`/],
    [{ name: {} }, /cannot be an object/],
  ])('refuses %o', (values, message) => {
    const refused = () => checkOptions(schema, values, 'test');
    expect(refused).toThrow(SettingsError);
    expect(refused).toThrow(message);
  });
});

describe('parseOptionText', () => {
  it.each([
    ['threads', '8', 8],
    ['ratio', '.5', 0.5],
    ['ratio', '1e3', 1000],
    ['arena', 'false', false],
    ['mode', 'fast', 'fast'],
    ['name', '12', '12'],
  ] as const)('reads %s=%s', (key, text, value) => {
    expect(parseOptionText(schema, key, text)).toBe(value);
  });

  it.each([
    ['threads', ''],
    ['threads', '0x10'],
    ['threads', ' 1'],
    ['threads', '99'],
    ['arena', 'yes'],
    ['mode', 'slow'],
    ['other', '1'],
  ] as const)('refuses %s=%s', (key, text) => {
    expect(() => parseOptionText(schema, key, text, 'test')).toThrow(SettingsError);
  });
});
