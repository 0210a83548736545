import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createWebgpuBackend } from './create-webgpu-backend.ts';

const page = readFileSync(new URL('../../../docs/backends/webgpu.md', import.meta.url), 'utf8');
const options = Object.entries(createWebgpuBackend().manifest.options);
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
  if (spec.type === 'enum') expect(values).toBe(spec.values.map((value) => `\`${value}\``).join(', '));
  if (spec.type === 'boolean') expect(values).toBe('`true`, `false`');
  if (spec.type === 'integer') expect(values).toBe(`${spec.minimum} to ${spec.maximum} ${spec.unit}`);
  if (spec.default === undefined) expect(preset).not.toContain('`');
  else expect(preset).toBe(`\`${spec.default}\``);
});
