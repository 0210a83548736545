import { problemAt, textTokens, type Place, type Token } from './text-tokens.ts';

/** A value as it was written. A list that was written as one is several fields. */
export type TextValue =
  | { readonly kind: 'word' | 'number'; readonly text: string; readonly place: Place }
  | { readonly kind: 'string'; readonly bytes: Uint8Array; readonly place: Place }
  | { readonly kind: 'message'; readonly fields: readonly TextField[]; readonly place: Place };

export interface TextField {
  readonly name: string;
  /** One value, or those between brackets. */
  readonly values: readonly TextValue[];
  readonly list: boolean;
  readonly place: Place;
}

const DEEPEST = 32;

/** Parses protocol buffers' text format without knowing what is meant. @throws ConfigProblem with its place */
export function parseTextFormat(text: string, file: string): readonly TextField[] {
  const reader = new Reader(textTokens(text, file));
  return reader.fields(null, 0);
}

class Reader {
  readonly #tokens: Iterator<Token, void, void>;
  #next: Token;

  constructor(tokens: Iterator<Token, void, void>) {
    this.#tokens = tokens;
    this.#next = tokens.next().value as Token;
  }

  /** Fields up to a closing mark, which is taken too; `null` for the end of the file. */
  fields(close: string | null, depth: number): readonly TextField[] {
    const fields: TextField[] = [];
    for (;;) {
      const token = this.#next;
      if (token.kind === 'end' ? close === null : close !== null && this.#is(close)) {
        if (token.kind !== 'end') this.#take();
        return fields;
      }
      if (token.kind === 'end') throw problemAt(token.place, `the file ends before \`${close}\``);
      fields.push(this.#field(depth));
    }
  }

  #field(depth: number): TextField {
    const name = this.#take();
    if (name.kind !== 'word')
      throw problemAt(name.place, `the name of a field is expected, but ${show(name)} stands here`);
    const colon = this.#is(':');
    if (colon) this.#take();
    const list = this.#is('[');
    let values: readonly TextValue[];
    if (list) values = this.#list(name.text, colon, depth);
    else values = [this.#value(name.text, colon, depth)];
    if (this.#is(',') || this.#is(';')) this.#take();
    return { name: name.text, values, list, place: name.place };
  }

  #list(field: string, colon: boolean, depth: number): readonly TextValue[] {
    this.#take();
    const values: TextValue[] = [];
    if (this.#is(']')) {
      this.#take();
      return values;
    }
    for (;;) {
      values.push(this.#value(field, colon, depth));
      const token = this.#take();
      if (token.kind === 'mark' && token.text === ']') return values;
      if (token.kind === 'mark' && token.text === ',') continue;
      throw problemAt(
        token.place,
        `\`,\` or \`]\` is expected in the list of \`${field}\`, but ${show(token)} stands here`,
      );
    }
  }

  #value(field: string, colon: boolean, depth: number): TextValue {
    const token = this.#take();
    if (token.kind === 'mark' && (token.text === '{' || token.text === '<')) {
      if (depth >= DEEPEST) throw problemAt(token.place, `messages are nested deeper than ${DEEPEST} here`);
      const fields = this.fields(token.text === '{' ? '}' : '>', depth + 1);
      return { kind: 'message', fields, place: token.place };
    }
    if (!colon)
      throw problemAt(token.place, `\`:\` is expected after \`${field}\`, but ${show(token)} stands here`);
    if (token.kind === 'string') return this.#string(token);
    if (token.kind === 'word' || token.kind === 'number') {
      return { kind: token.kind, text: token.text, place: token.place };
    }
    if (token.kind === 'mark' && token.text === '-') {
      const rest = this.#take();
      if (rest.kind === 'word' || rest.kind === 'number') {
        return { kind: rest.kind, text: `-${rest.text}`, place: token.place };
      }
    }
    throw problemAt(token.place, `a value of \`${field}\` is expected, but ${show(token)} stands here`);
  }

  /** Strings that follow each other are one. */
  #string(first: Token & { readonly kind: 'string' }): TextValue {
    const parts = [first.bytes];
    while (this.#next.kind === 'string') parts.push((this.#take() as typeof first).bytes);
    return { kind: 'string', bytes: Buffer.concat(parts), place: first.place };
  }

  #is(mark: string): boolean {
    return this.#next.kind === 'mark' && this.#next.text === mark;
  }

  #take(): Token {
    const token = this.#next;
    if (token.kind !== 'end') this.#next = this.#tokens.next().value as Token;
    return token;
  }
}

function show(token: Token): string {
  if (token.kind === 'end') return 'the end of the file';
  return token.kind === 'string' ? 'a string' : `\`${token.text}\``;
}
