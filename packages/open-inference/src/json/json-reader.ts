import { ProtocolError } from '../protocol-error.ts';
import { passString, unescapeString } from './json-string.ts';
import { decodeUtf8 } from './utf8.ts';

/** What a value of JSON begins with. */
export type JsonKind = 'object' | 'array' | 'string' | 'boolean' | 'null' | 'number';

/**
 * Reads JSON from bytes, front to back, without making anything of what the caller does not ask for.
 * `NaN`, `Inf`, `Infinity` and their negatives are numbers, as in RapidJSON and Python. Every method
 * throws `invalid-argument` with the offset of the byte at fault.
 */
export class JsonReader {
  readonly bytes: Uint8Array;
  /** Where the document ends in `bytes`. */
  readonly end: number;
  readonly maxDepth: number;
  /** The next byte to read. */
  position = 0;
  /** Containers around the position. */
  depth = 0;
  /** Inside of the string passed over last, without its quotes. */
  stringStart = 0;
  stringEnd = 0;
  stringEscaped = false;
  /** Start of the number passed over last. */
  numberStart = 0;
  readonly #document: string;

  constructor(bytes: Uint8Array, end: number, maxDepth: number, document: 'request' | 'response') {
    this.bytes = bytes;
    this.end = end;
    this.maxDepth = maxDepth;
    this.#document = document;
  }

  /** Refuses the document for its syntax. */
  fail(problem: string, position: number): never {
    const text = `failed to parse the ${this.#document} JSON buffer: ${problem} at ${Math.min(position, this.end)}`;
    throw new ProtocolError('invalid-argument', text);
  }

  /** The next byte that is not white space, -1 at the end. */
  peek(): number {
    const { bytes, end } = this;
    let position = this.position;
    while (position < end) {
      const byte = bytes[position]!;
      if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break;
      position += 1;
    }
    this.position = position;
    return position < end ? bytes[position]! : -1;
  }

  /** What the next value is, without reading it. */
  kind(): JsonKind {
    switch (this.peek()) {
      case 0x7b:
        return 'object';
      case 0x5b:
        return 'array';
      case 0x22:
        return 'string';
      case 0x74:
      case 0x66:
        return 'boolean';
      case 0x6e:
        return 'null';
      case -1:
        return this.fail(this.depth === 0 ? 'The document is empty.' : 'Invalid value.', this.position);
      default:
        return 'number';
    }
  }

  /** Enters a container. */
  enter(): void {
    this.depth += 1;
    if (this.depth > this.maxDepth) {
      throw new ProtocolError(
        'invalid-argument',
        `JSON nesting depth exceeds maximum allowed limit (${this.maxDepth})`,
      );
    }
    this.position += 1;
  }

  /** Enters an object at the position; `false` when it is empty, and passed. */
  beginObject(): boolean {
    this.enter();
    if (this.peek() !== 0x7d) return true;
    this.#leave();
    return false;
  }

  /** Reads the name of a member and its colon. */
  readKey(): string {
    if (this.peek() !== 0x22) this.fail('Missing a name for object member.', this.position);
    const key = this.readString();
    if (this.peek() !== 0x3a) this.fail('Missing a colon after a name of object member.', this.position);
    this.position += 1;
    return key;
  }

  /** After a member: whether another follows. The object is left when none does. */
  nextMember(): boolean {
    const byte = this.peek();
    if (byte === 0x2c) {
      this.position += 1;
      return true;
    }
    if (byte !== 0x7d) this.fail('Missing a comma or } after an object member.', this.position);
    this.#leave();
    return false;
  }

  /** Enters an array at the position; `false` when it is empty, and passed. */
  beginArray(): boolean {
    this.enter();
    if (this.peek() !== 0x5d) return true;
    this.#leave();
    return false;
  }

  /** After an element: whether another follows. The array is left when none does. */
  nextElement(): boolean {
    const byte = this.peek();
    if (byte === 0x2c) {
      this.position += 1;
      return true;
    }
    if (byte !== 0x5d) this.fail('Missing a comma or ] after an array element.', this.position);
    this.#leave();
    return false;
  }

  /** Reads a string whose quote is at the position. */
  readString(): string {
    passString(this);
    if (!this.stringEscaped) return decodeUtf8(this.bytes, this.stringStart, this.stringEnd);
    const text = unescapeString(this.bytes, this.stringStart, this.stringEnd);
    return decodeUtf8(text, 0, text.length);
  }

  /** Reads a string whose quote is at the position as UTF-8; a view of the document where it has no escapes. */
  readStringBytes(): Uint8Array {
    passString(this);
    const { bytes, stringStart, stringEnd } = this;
    return this.stringEscaped
      ? unescapeString(bytes, stringStart, stringEnd)
      : bytes.subarray(stringStart, stringEnd);
  }

  /** Reads `true` or `false`. */
  readBoolean(): boolean {
    if (this.bytes[this.position] === 0x74) {
      this.passWord('true');
      return true;
    }
    this.passWord('false');
    return false;
  }

  /** Passes over a word that must be at the position. */
  passWord(word: string): void {
    if (!this.#startsWith(word)) this.fail('Invalid value.', this.position);
    this.position += word.length;
  }

  /** Passes over a number; whether it has neither fraction nor exponent and is finite. */
  passNumber(): boolean {
    const { bytes, end } = this;
    const start = this.position;
    this.numberStart = start;
    let position = bytes[start] === 0x2d ? start + 1 : start;
    if (position >= end) this.fail('Invalid value.', start);
    const first = bytes[position]!;
    if (first === 0x4e || first === 0x49) {
      this.position = position;
      const word = first === 0x4e ? 'NaN' : this.#startsWith('Infinity') ? 'Infinity' : 'Inf';
      if (first === 0x4e && position !== start) this.fail('Invalid value.', start);
      this.passWord(word);
      return false;
    }
    if (!isDigit(first)) this.fail('Invalid value.', start);
    position += 1;
    if (first !== 0x30) while (position < end && isDigit(bytes[position]!)) position += 1;
    let integral = true;
    if (position < end && bytes[position] === 0x2e) {
      integral = false;
      position += 1;
      if (position >= end || !isDigit(bytes[position]!)) this.fail('Miss fraction part in number.', position);
      while (position < end && isDigit(bytes[position]!)) position += 1;
    }
    if (position < end && (bytes[position]! | 0x20) === 0x65) {
      integral = false;
      position += 1;
      if (position < end && (bytes[position] === 0x2b || bytes[position] === 0x2d)) position += 1;
      if (position >= end || !isDigit(bytes[position]!)) this.fail('Miss exponent in number.', position);
      while (position < end && isDigit(bytes[position]!)) position += 1;
    }
    this.position = position;
    return integral;
  }

  /** The number passed over last, exactly as far as a double goes. */
  passedNumber(): number {
    const text = this.passedText();
    if (text === 'Inf') return Infinity;
    if (text === '-Inf') return -Infinity;
    return Number(text);
  }

  /** The number passed over last, as written. */
  passedText(): string {
    return decodeUtf8(this.bytes, this.numberStart, this.position);
  }

  /** Reads a number: exact where it is an integer of 64 bits, else the nearest double. */
  readNumber(): number | bigint {
    const integral = this.passNumber();
    const value = this.passedNumber();
    if (!integral || Number.isSafeInteger(value)) return value;
    // As far as 64 bits go, signed or not. Longer ones are doubles, as for everybody else.
    if (value < -(2 ** 63) || value > 2 ** 64) return value;
    const exact = BigInt(this.passedText());
    return exact < -(2n ** 63n) || exact >= 2n ** 64n ? value : exact;
  }

  /** Passes over a value, whatever it is, and checks its syntax. */
  skipValue(): void {
    const outside = this.depth;
    const objects: boolean[] = [];
    for (;;) {
      let complete = true;
      switch (this.kind()) {
        case 'object':
          if (this.beginObject()) {
            objects.push(true);
            this.#passKey();
            complete = false;
          }
          break;
        case 'array':
          if (this.beginArray()) {
            objects.push(false);
            complete = false;
          }
          break;
        case 'string':
          passString(this);
          break;
        case 'boolean':
          this.readBoolean();
          break;
        case 'null':
          this.passWord('null');
          break;
        case 'number':
          this.passNumber();
          break;
      }
      if (!complete) continue;
      for (;;) {
        if (this.depth === outside) return;
        const inObject = objects.at(-1)!;
        if (inObject ? this.nextMember() : this.nextElement()) {
          if (inObject) this.#passKey();
          break;
        }
        objects.pop();
      }
    }
  }

  /** Refuses anything after the document. */
  finish(): void {
    if (this.peek() !== -1) {
      this.fail('The document root must not be followed by other values.', this.position);
    }
  }

  #passKey(): void {
    if (this.peek() !== 0x22) this.fail('Missing a name for object member.', this.position);
    passString(this);
    if (this.peek() !== 0x3a) this.fail('Missing a colon after a name of object member.', this.position);
    this.position += 1;
  }

  #leave(): void {
    this.position += 1;
    this.depth -= 1;
  }

  #startsWith(word: string): boolean {
    const { bytes, position } = this;
    if (position + word.length > this.end) return false;
    for (let index = 0; index < word.length; index += 1) {
      if (bytes[position + index] !== word.charCodeAt(index)) return false;
    }
    return true;
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
