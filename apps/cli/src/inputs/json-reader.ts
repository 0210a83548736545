/**
 * A number whose digits do not fit what JavaScript calculates with, such as 9007199254740992.5:
 * fine for a float, which rounds, but not the whole number that `value` looks like.
 */
export interface RoundedNumber {
  readonly literal: string;
  readonly value: number;
}

/** A JSON value with exact integers: a `bigint` where a `number` would lose digits. */
export type JsonNode =
  | number
  | bigint
  | string
  | boolean
  | null
  | RoundedNumber
  | JsonNode[]
  | Map<string, JsonNode>;

/** The text is not JSON. `line` and `column` count from 1. */
export class JsonSyntaxError extends Error {
  readonly line: number;
  readonly column: number;

  constructor(message: string, text: string, position: number) {
    super(message);
    const before = text.slice(0, position);
    this.line = before.split('\n').length;
    this.column = position - before.lastIndexOf('\n');
  }
}

const DEPTH_LIMIT = 100;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/uy;
const WORDS = new Map<string, JsonNode>([
  ['true', true],
  ['false', false],
  ['null', null],
  // Not JSON, but what Python's json module writes for these floats.
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

/**
 * Reads JSON without losing a digit of an integer, which `JSON.parse` does beyond 2^53. Objects become
 * maps, so that no name of a key is special. Throws a {@link JsonSyntaxError}.
 */
export function readJson(text: string): JsonNode {
  let position = 0;

  const fail = (message: string, at = position): never => {
    throw new JsonSyntaxError(message, text, at);
  };
  const skipSpace = (): void => {
    while (' \t\n\r'.includes(text[position] ?? 'end')) position += 1;
  };
  const found = (): string =>
    position >= text.length ? 'the end' : `\`${String.fromCodePoint(text.codePointAt(position)!)}\``;

  const readString = (): string => {
    const start = position;
    position += 1;
    while (text[position] !== '"') {
      if (position >= text.length) fail('A string has no closing quote.', start);
      position += text[position] === '\\' ? 2 : 1;
    }
    position += 1;
    try {
      return JSON.parse(text.slice(start, position)) as string;
    } catch {
      return fail('A string has an escape or a control character that JSON does not know.', start);
    }
  };

  const readNumberOrWord = (): JsonNode => {
    for (const [word, value] of WORDS) {
      if (!text.startsWith(word, position)) continue;
      position += word.length;
      return value;
    }
    NUMBER.lastIndex = position;
    const literal = NUMBER.exec(text)?.[0];
    if (literal === undefined) return fail(`A value is missing; ${found()} stands there.`);
    position += literal.length;
    return exactNumber(literal);
  };

  const readValue = (depth: number): JsonNode => {
    if (depth > DEPTH_LIMIT) fail(`Brackets are nested more than ${DEPTH_LIMIT} deep.`);
    skipSpace();
    const first = text[position];
    if (first === '"') return readString();
    if (first === '[') {
      const items: JsonNode[] = [];
      readItems(']', () => items.push(readValue(depth + 1)));
      return items;
    }
    if (first === '{') {
      const members = new Map<string, JsonNode>();
      readItems('}', () => {
        skipSpace();
        const start = position;
        if (text[position] !== '"') fail(`A key in quotes is missing; ${found()} stands there.`);
        const key = readString();
        if (members.has(key)) fail(`The key ${JSON.stringify(key)} occurs twice.`, start);
        skipSpace();
        if (text[position] !== ':') fail(`A \`:\` is missing; ${found()} stands there.`);
        position += 1;
        members.set(key, readValue(depth + 1));
      });
      return members;
    }
    return readNumberOrWord();
  };

  const readItems = (close: string, readItem: () => void): void => {
    position += 1;
    skipSpace();
    if (text[position] === close) {
      position += 1;
      return;
    }
    for (;;) {
      readItem();
      skipSpace();
      const next = text[position];
      if (next !== ',' && next !== close)
        fail(`A \`,\` or \`${close}\` is missing; ${found()} stands there.`);
      position += 1;
      if (next === close) return;
    }
  };

  const value = readValue(0);
  skipSpace();
  if (position < text.length) fail(`The value has ended, but ${found()} follows.`);
  return value;
}

function exactNumber(literal: string): number | bigint | RoundedNumber {
  const value = Number(literal);
  if (/^-?\d{1,15}$/u.test(literal)) return value;
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/u.exec(
    literal,
  )!;
  const digits = (whole! + fraction).replace(/0+$/u, '');
  if (/^0*$/u.test(digits)) return value;
  const power = Number(exponent) - fraction.length + (whole!.length + fraction.length - digits.length);
  // Up to 10^400 a whole number is kept; beyond it no element type could hold it.
  if (power >= 0 && power <= 400) {
    const integer = BigInt(digits) * 10n ** BigInt(power) * (sign === '-' ? -1n : 1n);
    return Number.isSafeInteger(value) ? value : integer;
  }
  // An overflow or an underflow keeps its digits, so that a message can show them.
  return Number.isInteger(value) || !Number.isFinite(value) ? { literal, value } : value;
}
