import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonSyntaxError, readJson, type JsonNode } from './json-reader.ts';

function toPlain(node: JsonNode): unknown {
  if (Array.isArray(node)) return node.map(toPlain);
  if (node instanceof Map) return Object.fromEntries([...node].map(([key, value]) => [key, toPlain(value)]));
  if (typeof node === 'bigint') return Number(node);
  return typeof node === 'object' && node !== null ? node.value : node;
}

describe('readJson', () => {
  it('agrees with JSON.parse on everything that JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(toPlain(readJson(text))).toEqual(JSON.parse(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('agrees with JSON.parse on which text is JSON', () => {
    const pieces = [
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '"a"',
      '"',
      '\\',
      '1',
      '-',
      '0',
      '.',
      'e',
      '+',
      'true',
      'null',
      ' ',
      '\n',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 8 }), (parts) => {
        const text = parts.join('');
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        if (valid && !/"a".*"a"/su.test(text)) expect(() => readJson(text)).not.toThrow();
        if (!valid) expect(() => readJson(text)).toThrow(JsonSyntaxError);
      }),
      { numRuns: 20_000 },
    );
  });

  it('keeps every integer exactly', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), (integer) => {
        const read = readJson(String(integer));
        expect(typeof read === 'number' ? BigInt(read) : read).toBe(integer);
      }),
    );
  });

  it.each<[string, JsonNode]>([
    ['9007199254740993.0', 9007199254740993n],
    ['9.007199254740993e15', 9007199254740993n],
    ['1e19', 10n ** 19n],
    ['1e2', 100],
    ['0.000000000000000000', 0],
    ['-0', -0],
    ['9007199254740992.5', { literal: '9007199254740992.5', value: 9007199254740992 }],
    ['1e999', { literal: '1e999', value: Infinity }],
    ['1e-999', { literal: '1e-999', value: 0 }],
    ['NaN', NaN],
    ['-Infinity', -Infinity],
  ])('%s', (text, expected) => {
    expect(readJson(text)).toEqual(expected);
  });

  it.each([
    ['[1,\n 2,\n 3x]', 3, 3, '`x` stands there'],
    ['[1, 2', 1, 6, 'the end stands there'],
    ['[1, ]', 1, 5, 'A value is missing; `]`'],
    ['{"a": 1, "a": 2}', 1, 10, '"a" occurs twice'],
    ['{a: 1}', 1, 2, 'A key in quotes is missing'],
    ['"\\x"', 1, 1, 'escape'],
    ['"abc', 1, 1, 'no closing quote'],
    ['1 2', 1, 3, 'the value has ended'],
    ['01', 1, 2, 'the value has ended'],
    ['['.repeat(5000), 1, 102, '100 deep'],
    ['', 1, 1, 'the end stands there'],
  ])('%j is wrong at line %i, column %i', (text, line, column, words) => {
    let caught: unknown;
    try {
      readJson(text);
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ line, column });
    expect((caught as Error).message.toLowerCase()).toContain(words.toLowerCase());
  });

  it('keeps `__proto__` a key', () => {
    expect(readJson('{"__proto__": 1}')).toEqual(new Map([['__proto__', 1]]));
  });
});
