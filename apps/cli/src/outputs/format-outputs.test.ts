import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTensor, type Tensors, type ValueInfo } from '@switchyard/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatOutputs, type FormatOutputsOptions } from './format-outputs.ts';
import { loadLabels } from './load-labels.ts';
import { outputsToJson } from './outputs-to-json.ts';

const format = (
  outputs: Tensors,
  options: Partial<FormatOutputsOptions> = {},
  infos: readonly ValueInfo[] = [],
): string => formatOutputs(outputs, infos, { maxRows: 10, width: 80, ...options });
const counting = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('values', () => {
  it('shows small tensors in full', () => {
    expect(
      format({
        scores: makeTensor('float32', [2, 2], [0.1, -2, 1 / 3, 1e-10]),
        one: makeTensor('int64', [], [2n ** 63n - 1n]),
        flags: makeTensor('bool', [2], [true, false]),
        text: makeTensor('string', [2], ['a "b"', 'c']),
        none: makeTensor('float32', [0, 4], []),
      }),
    ).toBe(
      [
        'scores: float32 [2, 2]',
        '  [0.1, -2]',
        '  [0.333333, 1e-10]',
        '',
        'one: int64 []',
        '  9223372036854775807',
        '',
        'flags: bool [2]',
        '  [true, false]',
        '',
        'text: string [2]',
        String.raw`  ["a \"b\"", "c"]`,
        '',
        'none: float32 [0, 4]',
        '  (empty)',
      ].join('\n'),
    );
  });

  it('summarises large ones', () => {
    const values = counting(1000).with(0, NaN).with(1, Infinity).with(2, -Infinity);
    expect(format({ x: makeTensor('float32', [1, 1000], values) }, { width: 60 })).toBe(
      [
        'x: float32 [1, 1000]',
        '  1000 values, min 3, max 999, mean 501, 1 NaN, 2 infinite',
        '  first [NaN, Infinity, -Infinity, 3, 4, 5, 6, 7, 8, 9, 10, …',
      ]
        .join('\n')
        .replace(', 10, …', ', …]')
        .replace('9, …]', '9, …]'),
    );
    expect(format({ x: makeTensor('float32', [20], counting(20).fill(NaN)) }, { width: 40 })).toContain(
      '20 values, 20 NaN',
    );
    expect(format({ x: makeTensor('string', [20, 1], counting(20).map(String)) })).toContain('20 texts');
  });

  it('follows the order of the model', () => {
    const tensor = makeTensor('int8', [], [1]);
    const infos = ['b', 'a', 'gone'].map((name) => ({ name, dtype: 'int8', shape: [] }) as const);
    expect(format({ a: tensor, b: tensor, c: tensor }, {}, infos).match(/^\w/gmu)).toEqual(['b', 'a', 'c']);
  });

  it('never writes wider than asked, and no control characters', () => {
    const text = format(
      { ['n'.repeat(200)]: makeTensor('string', [], ['\u001B[31m'.repeat(40)]) },
      { width: 30 },
    );
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(30);
    expect(format({ 'a\u001B[2Jb': makeTensor('int8', [], [1]) })).toContain('a·[2Jb');
  });

  it('has a mean that does not overflow', () => {
    const values = counting(100).fill(Number.MAX_VALUE);
    expect(format({ x: makeTensor('float64', [100], values) }, { width: 200 })).toContain(
      'mean 1.79769e+308',
    );
  });
});

describe('top', () => {
  it('ranks every row of a batch, probabilities in percent and scores as they are', () => {
    const outputs = {
      probabilities: makeTensor('float32', [2, 3], [0.25, 0.5, 0.25, 1, 0, 0]),
      scores: makeTensor('float32', [1, 4], [3, NaN, -1.5, 3]),
    };
    expect(format(outputs, { top: 2, labels: ['cat', 'dog', 'owl'] })).toBe(
      [
        'probabilities: float32 [2, 3]',
        '  row [0]',
        '  50.00%  1  dog',
        '  25.00%  0  cat',
        '  row [1]',
        '  100.00%  0  cat',
        '    0.00%  1  dog',
        '',
        'scores: float32 [1, 4]',
        '  3  0',
        '  3  3',
      ].join('\n'),
    );
  });

  it('ranks 64-bit integers exactly', () => {
    const tensor = makeTensor('int64', [3], [2n ** 53n, 2n ** 53n + 1n, 0n]);
    expect(format({ x: tensor }, { top: 1 })).toBe('x: int64 [3]\n  9007199254740993  1');
  });

  it('leaves what has no classes as it is, and asks for more classes than there are', () => {
    expect(format({ x: makeTensor('float32', [2, 1], [1, 2]) }, { top: 3 })).toBe(
      'x: float32 [2, 1]\n  [1]\n  [2]',
    );
    expect(format({ x: makeTensor('float32', [2], [1, 2]) }, { top: 9 })).toBe(
      'x: float32 [2]\n  2  1\n  1  0',
    );
    expect(format({ x: makeTensor('float32', [2], [NaN, NaN]) }, { top: 9 })).toContain('(only NaN)');
  });

  it('says how many lines it left out', () => {
    const tensor = makeTensor('float32', [20, 2], counting(40));
    expect(format({ x: tensor }, { top: 1, maxRows: 4 }).split('\n').at(-1)).toBe('  … 36 more lines');
  });

  it('refuses labels of another number', () => {
    const x = makeTensor('float32', [1, 3], [1, 2, 3]);
    expect(() => format({ x }, { top: 1, labels: ['a', 'b'] })).toThrow(
      'There are 2 labels, but the output `x` [1, 3] has 3 classes.',
    );
    expect(() => format({ x: makeTensor('bool', [1], [true]) }, { top: 1, labels: ['a'] })).toThrow(
      'no output has classes',
    );
  });
});

describe('loadLabels', () => {
  let cwd = '';
  beforeAll(() => {
    cwd = mkdtempSync(join(tmpdir(), 'switchyard-labels-'));
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  it.each([
    ['cat\ndog\n', ['cat', 'dog']],
    ['cat\r\n\r\ndog\r\n\r\n', ['cat', '', 'dog']],
    ['["cat", "do\\ng"]', ['cat', 'do\ng']],
    ['\uFEFFcat', ['cat']],
  ])('%j', async (text, labels) => {
    writeFileSync(join(cwd, 'l.txt'), text);
    expect(await loadLabels('l.txt', cwd)).toEqual(labels);
  });

  it.each([
    ['', 'it is empty'],
    ['[1, 2]', 'not a list of texts'],
    ['["cat",', 'begins like a JSON list'],
    [Uint8Array.of(0xff, 0xfe), 'not UTF-8'],
  ])('refuses %j', async (contents, words) => {
    writeFileSync(join(cwd, 'l.txt'), contents);
    await expect(loadLabels('l.txt', cwd)).rejects.toThrow(words);
  });

  it('refuses what is not there', async () => {
    await expect(loadLabels('gone.txt', cwd)).rejects.toMatchObject({ code: 'input-unreadable' });
    await expect(loadLabels('.', cwd)).rejects.toThrow('it is a directory');
  });
});

it('outputsToJson loses nothing', () => {
  expect(
    outputsToJson({
      a: makeTensor('float32', [4], [NaN, -Infinity, -0, 0.1]),
      b: makeTensor('int64', [3], [2n ** 53n, -(2n ** 53n) + 1n, 5n]),
      c: makeTensor('bool', [1], [true]),
      d: makeTensor('string', [1], ['é']),
    }),
  ).toEqual({
    a: { dtype: 'float32', shape: [4], values: ['NaN', '-Infinity', '-0', 0.10000000149011612] },
    b: { dtype: 'int64', shape: [3], values: ['9007199254740992', -9007199254740991, 5] },
    c: { dtype: 'bool', shape: [1], values: [true] },
    d: { dtype: 'string', shape: [1], values: ['é'] },
  });
});
