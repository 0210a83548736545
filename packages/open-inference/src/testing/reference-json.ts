/** A number as it was written. */
export class Literal {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Members in the order of the document, repeated ones included. */
export class Members {
  readonly pairs: readonly (readonly [string, ReferenceJson])[];
  constructor(pairs: readonly (readonly [string, ReferenceJson])[]) {
    this.pairs = pairs;
  }
}

export type ReferenceJson = Literal | Members | string | boolean | null | ReferenceJson[];

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|NaN|-?Infinity|-?Inf/y;

/** Reads JSON the slow and obvious way, from text, with recursion. Throws for anything that is none. */
export function referenceJson(bytes: Uint8Array, maxDepth: number): ReferenceJson {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  let position = 0;
  const pass = (pattern: RegExp): string | null => {
    pattern.lastIndex = position;
    const found = pattern.exec(text)?.[0] ?? null;
    if (found !== null) position += found.length;
    return found;
  };
  const space = (): unknown => pass(/[ \t\r\n]*/y);
  const expectText = (pattern: RegExp): string => {
    space();
    const found = pass(pattern);
    if (found === null) throw new Error(`no ${pattern.source} at ${position}`);
    return found;
  };
  const readString = (): string => {
    const raw = expectText(/"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy);
    const value = JSON.parse(raw) as string;
    if (!value.isWellFormed()) throw new Error('half a surrogate pair');
    return value;
  };
  const read = (depth: number): ReferenceJson => {
    space();
    const next = text[position];
    if (next === '"') return readString();
    if (next === '[' || next === '{') {
      if (depth >= maxDepth) throw new Error('too deep');
      position += 1;
      const items: ReferenceJson[] = [];
      const pairs: [string, ReferenceJson][] = [];
      const close = next === '[' ? /\]/y : /\}/y;
      space();
      if (pass(close) === null) {
        do {
          if (next === '[') items.push(read(depth + 1));
          else {
            const key = readString();
            expectText(/:/y);
            pairs.push([key, read(depth + 1)]);
          }
          space();
        } while (pass(/,/y) !== null);
        expectText(close);
      }
      return next === '[' ? items : new Members(pairs);
    }
    const word = pass(/true|false|null/y);
    if (word !== null) return word === 'null' ? null : word === 'true';
    return new Literal(expectText(NUMBER));
  };
  const value = read(0);
  space();
  if (position !== text.length) throw new Error('something follows');
  return value;
}
