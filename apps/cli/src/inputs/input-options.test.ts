import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OUTPUT_FORMATS } from '../outputs/output-spec.ts';
import { INPUT_OPTIONS } from './input-options.ts';
import { INPUT_FORMATS } from './input-spec.ts';
import { EXTENSIONS } from './parse-input-argument.ts';

const guide = readFileSync(new URL('../../../../docs/guides/inputs-and-outputs.md', import.meta.url), 'utf8');

describe('the guide', () => {
  it.each([...new Set(Object.values(INPUT_OPTIONS).flat())])('explains the option %s', (key) => {
    expect(guide).toMatch(new RegExp(`\`\\??${key}(?:=|\`)`, 'u'));
  });

  it.each(Object.keys(EXTENSIONS))('lists the extension %s', (extension) => {
    expect(guide).toMatch(new RegExp(`\`(?:a|out)?\\${extension}\``, 'u'));
  });

  it('lists the formats', () => {
    expect(guide).toContain(`\`?format=${INPUT_FORMATS.join('|')}\``);
    for (const format of OUTPUT_FORMATS)
      expect(guide).toContain(format === 'raw' ? '`?format=raw`' : `out.${format}`);
  });
});
