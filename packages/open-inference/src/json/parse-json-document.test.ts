import { expect, it } from 'vitest';
import { expectRefusal, oneInput, parseText } from '../infer/__fixtures__/bodies.ts';
import { parseJsonDocument } from './parse-json-document.ts';

const tooDeep = 'JSON nesting depth exceeds maximum allowed limit (100)';

function parse(text: string, maxDepth = 100): unknown {
  return parseJsonDocument(Buffer.from(text), { maxDepth });
}

it('reads objects as maps and integers of 64 bits exactly', () => {
  expect(
    parse(
      ' {"a":[1,-2.5,true,false,null,"\\u00e9"],"__proto__":{},"n":9007199254740993,"m":-9223372036854775808,"f":18446744073709551616} ',
    ),
  ).toEqual(
    new Map<string, unknown>([
      ['a', [1, -2.5, true, false, null, 'é']],
      ['__proto__', new Map()],
      ['n', 9007199254740993n],
      ['m', -9223372036854775808n],
      ['f', 18446744073709551616],
    ]),
  );
  expect(parse('[]')).toEqual([]);
  expect(parse('3')).toBe(3);
  expect(parse(`[${'9'.repeat(100000)}]`)).toEqual([Infinity]);
});

it('refuses a member that is there twice', () => {
  expectRefusal(() => parse('{"a":1,"a":2}'), "Unable to parse 'a': the object has this member twice, at 11");
});

it('reads long texts and text of every length of UTF-8', () => {
  for (const text of [
    'x'.repeat(1000),
    'é'.repeat(30),
    '\u{feff}é',
    '\u{10ffff}\u{ffff}\u{800}\u{7ff}',
    'a'.repeat(40),
    'a'.repeat(41),
  ]) {
    expect(parse(JSON.stringify(text))).toBe(text);
    expect(parse(JSON.stringify([text, text]))).toEqual([text, text]);
  }
});

it('takes 100 levels and refuses 101, in documents and in tensors', () => {
  expect(parse('['.repeat(100) + ']'.repeat(100))).toBeInstanceOf(Array);
  expectRefusal(() => parse('['.repeat(101) + ']'.repeat(101)), tooDeep);
  expectRefusal(() => parse('{"a":'.repeat(101) + '1' + '}'.repeat(101)), tooDeep);
  // The document, the list of inputs and the input are three of them.
  const data = (levels: number): string => '['.repeat(levels) + '1' + ']'.repeat(levels);
  for (const datatype of ['FP32', 'INT8', 'INT64'] as const) {
    expect(parseText(oneInput(datatype, '[1]', data(97))).inputs.length).toBe(1);
    expectRefusal(() => parseText(oneInput(datatype, '[1]', data(98))), tooDeep);
    expectRefusal(() => parseText(`{"inputs":[{"data":${data(98)},"name":"x"}]}`), tooDeep);
  }
  expectRefusal(() => parseText(`{"other":${data(120)},"inputs":[]}`), tooDeep);
});

it.each([250_000, 5_000_000])('meets %d brackets without recursion', (levels) => {
  const open = '['.repeat(levels);
  expectRefusal(() => parse(open), tooDeep);
  expectRefusal(
    () => parseText(`{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":${open}`),
    tooDeep,
  );
  expectRefusal(() => parseText(`{"ignored":${open}`), tooDeep);
  // Whoever allows any depth gets it: the stack is not what limits it.
  const limits = { maxDepth: levels + 10 };
  const close = ']'.repeat(levels);
  expect(parseText(`{"ignored":${open}${close},"inputs":[]}`, undefined, limits).inputs).toEqual([]);
  expect(parseText(oneInput('FP32', '[1]', `${open}1${close}`), undefined, limits).inputs.length).toBe(1);
  expect(parse(open + close, levels)).toBeInstanceOf(Array);
});
