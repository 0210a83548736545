import { ConfigProblem } from './model-config.ts';

/** Where something stands: line and column, both from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Token = { readonly place: Place } & (
  | { readonly kind: 'word' | 'number' | 'mark'; readonly text: string }
  | { readonly kind: 'string'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
);

/** `m/config.pbtxt:3:7: what is wrong` */
export function problemAt({ file, line, column }: Place, what: string): ConfigProblem {
  return new ConfigProblem(`${file}:${line}:${column}: ${what}`);
}

const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[fF]?/y;
const MARKS = '{}<>[]:,;-/.';
const ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  "'": 39,
  '"': 34,
  '?': 63,
};

/** Cuts protocol buffers' text format into tokens. @throws ConfigProblem with its place */
export function* textTokens(text: string, file: string): Generator<Token, void, void> {
  let at = 0;
  let line = 1;
  let lineStart = 0;
  const place = (): Place => ({ file, line, column: at - lineStart + 1 });
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  while (at < text.length) {
    const character = text[at]!;
    if (character === '\n') {
      at += 1;
      line += 1;
      lineStart = at;
      continue;
    }
    if (' \t\r\f\v'.includes(character)) {
      at += 1;
      continue;
    }
    if (character === '#') {
      while (at < text.length && text[at] !== '\n') at += 1;
      continue;
    }
    const here = place();
    if (character === '"' || character === "'") {
      const { bytes, end } = readString(text, at, here);
      at = end;
      yield { kind: 'string', bytes, place: here };
      continue;
    }
    const word = match(WORD);
    const number = word === null ? match(NUMBER) : null;
    const token = word ?? number ?? (MARKS.includes(character) ? character : null);
    if (token === null) {
      throw problemAt(here, `the character ${JSON.stringify(character)} has no meaning here`);
    }
    at += token.length;
    if (number !== null && /[A-Za-z0-9_]/.test(text[at] ?? '')) {
      throw problemAt(here, `\`${token}${text[at]}\` is no number`);
    }
    yield { kind: word === null ? (number === null ? 'mark' : 'number') : 'word', text: token, place: here };
  }
  yield { kind: 'end', place: place() };
}

function readString(
  text: string,
  start: number,
  place: Place,
): { readonly bytes: Uint8Array; readonly end: number } {
  const quote = text[start];
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  let at = start + 1;
  for (;;) {
    const character = text[at];
    if (character === undefined || character === '\n') {
      throw problemAt(place, 'the string has no closing quote on its line');
    }
    if (character === quote) return { bytes: Uint8Array.from(bytes), end: at + 1 };
    if (character !== '\\') {
      const whole = String.fromCodePoint(text.codePointAt(at)!);
      bytes.push(...encoder.encode(whole));
      at += whole.length;
      continue;
    }
    const { values, length } = readEscape(text, at, place);
    bytes.push(...values);
    at += length;
  }
}

function readEscape(
  text: string,
  at: number,
  place: Place,
): { readonly values: Iterable<number>; readonly length: number } {
  const rest = text.slice(at + 1, at + 10);
  const octal = /^[0-7]{1,3}/.exec(rest)?.[0];
  if (octal !== undefined && Number.parseInt(octal, 8) <= 255) {
    return { values: [Number.parseInt(octal, 8)], length: 1 + octal.length };
  }
  const hex = /^[xX]([0-9a-fA-F]{1,2})/.exec(rest);
  if (hex !== null) return { values: [Number.parseInt(hex[1]!, 16)], length: 1 + hex[0].length };
  const unicode = /^(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(rest);
  if (unicode !== null) {
    const point = Number.parseInt(unicode[1] ?? unicode[2]!, 16);
    if (point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)) {
      return { values: new TextEncoder().encode(String.fromCodePoint(point)), length: 1 + unicode[0].length };
    }
  }
  const simple = Object.hasOwn(ESCAPES, rest[0] ?? '') ? ESCAPES[rest[0]!] : undefined;
  if (simple !== undefined) return { values: [simple], length: 2 };
  throw problemAt(place, `the string has the escape \`\\${rest[0] ?? ''}\`, which is none`);
}
