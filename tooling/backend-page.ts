import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** What a page says of an option, as far as the tests compare it. */
interface OptionSpec {
  readonly type: string;
  readonly values?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly unit?: string;
  readonly default?: boolean | number | string;
}

/** Compares the page of a backend in `docs/backends` with its closed option schema: headings, rows, values, defaults. */
export function testBackendPage(url: URL, schema: Readonly<Record<string, OptionSpec>>): void {
  const page = readFileSync(url, 'utf8');
  const options = Object.entries(schema);
  const rows = new Map(
    [...page.matchAll(/^\| `(\w+)` +\|(.*)\|$/gm)].map((match) => [match[1]!, match[2]!] as const),
  );

  it('has the headings that every backend page has, in their order', () => {
    expect([...page.matchAll(/^## (.+)$/gm)].map((match) => match[1])).toEqual([
      'Needs',
      'Opt-in',
      'Devices',
      'Options',
      'Limits',
      'Tested on',
    ]);
  });

  it('has a row for every option and no other', () => {
    expect([...rows.keys()].toSorted()).toEqual(options.map(([name]) => name).toSorted());
  });

  it.each(options)('gives the values and the default of %s', (name, spec) => {
    const [values, preset] =
      rows
        .get(name)
        ?.split('|')
        .map((cell) => cell.trim()) ?? [];
    if (spec.type === 'enum') expect(values).toBe(spec.values?.map((value) => `\`${value}\``).join(', '));
    if (spec.type === 'boolean') expect(values).toBe('`true`, `false`');
    if (spec.type === 'integer') expect(values).toBe(`${spec.minimum} to ${spec.maximum} ${spec.unit}`);
    if (spec.default === undefined) expect(preset).not.toContain('`');
    else expect(preset).toBe(`\`${String(spec.default)}\``);
  });
}
