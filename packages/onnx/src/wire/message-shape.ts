/** What to do with one field of a message; method syntax keeps rules of different children in one table. */
export type FieldRule<T> = IntegerRule<T> | TextRule<T> | PayloadRule<T> | MessageRule<T>;

interface IntegerRule<T> {
  readonly kind: 'integer';
  readonly name: string;
  /** Several numbers, each in a field of its own or all packed into one. */
  readonly repeated: boolean;
  set(target: T, value: number): void;
}

interface TextRule<T> {
  readonly kind: 'text';
  readonly name: string;
  set(target: T, value: string, complete: boolean): void;
}

interface PayloadRule<T> {
  readonly kind: 'payload';
  readonly name: string;
  set(target: T, length: number): void;
}

interface MessageRule<T> {
  readonly kind: 'message';
  readonly name: string;
  shape(): MessageShape<unknown>;
  begin(target: T): unknown;
  end(target: T, child: unknown): void;
}

/** The fields of a message that matter, by number. Every other field is skipped. */
export interface MessageShape<T> {
  readonly fields: { readonly [number: number]: FieldRule<T> };
}

/** A whole number. */
export function integer<T>(name: string, set: (target: T, value: number) => void): FieldRule<T> {
  return { kind: 'integer', name, repeated: false, set };
}

/** Whole numbers, packed or not; `set` is called for each. */
export function integers<T>(name: string, set: (target: T, value: number) => void): FieldRule<T> {
  return { kind: 'integer', name, repeated: true, set };
}

/** UTF-8 text. `complete` is false where it was cut at the length limit. */
export function text<T>(
  name: string,
  set: (target: T, value: string, complete: boolean) => void,
): FieldRule<T> {
  return { kind: 'text', name, set };
}

/** Data that is stepped over; only its length in bytes is told. */
export function payload<T>(name: string, set: (target: T, length: number) => void): FieldRule<T> {
  return { kind: 'payload', name, set };
}

/** A nested message. `shape` is a function because messages contain each other. */
export function message<T, C>(
  name: string,
  shape: () => MessageShape<C>,
  begin: (target: T) => C,
  end: (target: T, child: C) => void = () => {},
): FieldRule<T> {
  // The table does not know the child's type; only these four functions do, and they agree with each other.
  return eraseChild({ kind: 'message', name, shape, begin, end });
}

interface TypedRule<T, C> {
  readonly kind: 'message';
  readonly name: string;
  shape(): MessageShape<C>;
  begin(target: T): C;
  end(target: T, child: C): void;
}

function eraseChild<T, C>(rule: TypedRule<T, C>): MessageRule<T> {
  return rule;
}
