/** What a field of a message holds. */
export type FieldType =
  | { readonly kind: 'string' | 'bool' | 'int32' | 'int64' | 'uint32' | 'uint64' }
  /** Names in the order of their numbers. */
  | { readonly kind: 'enum'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'message'; readonly message: MessageSchema }
  /** A message that is refused as a whole, so that its content is only skipped. */
  | { readonly kind: 'opaque' };

export interface FieldSchema {
  readonly type: FieldType;
  readonly label: 'one' | 'repeated' | 'map';
  /** Type of the keys of a map. */
  readonly key: 'string' | 'uint64' | null;
  /** Name of the choice of which at most one member can be given; `null` for a field of its own. */
  readonly choice: string | null;
}

export interface MessageSchema {
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldSchema>;
}

const field = (type: FieldType, more: Partial<FieldSchema> = {}): FieldSchema => ({
  type,
  label: 'one',
  key: null,
  choice: null,
  ...more,
});

export const STRING: FieldSchema = field({ kind: 'string' });
export const BOOL: FieldSchema = field({ kind: 'bool' });
export const INT32: FieldSchema = field({ kind: 'int32' });
export const INT64: FieldSchema = field({ kind: 'int64' });
export const UINT32: FieldSchema = field({ kind: 'uint32' });
export const UINT64: FieldSchema = field({ kind: 'uint64' });
export const OPAQUE: FieldSchema = field({ kind: 'opaque' });

export function enumeration(name: string, values: readonly string[]): FieldSchema {
  return field({ kind: 'enum', name, values });
}

export function nested(message: MessageSchema): FieldSchema {
  return field({ kind: 'message', message });
}

export function repeated(one: FieldSchema): FieldSchema {
  return { ...one, label: 'repeated' };
}

export function mapOf(key: 'string' | 'uint64', value: FieldSchema): FieldSchema {
  return { ...value, label: 'map', key };
}

export function choiceOf(choice: string, one: FieldSchema): FieldSchema {
  return { ...one, choice };
}

export function message(name: string, fields: Readonly<Record<string, FieldSchema>>): MessageSchema {
  return { name, fields: new Map(Object.entries(fields)) };
}

/** The fields of an entry of a map, as text format writes them. */
export function entrySchema(owner: string, one: FieldSchema): MessageSchema {
  return message(`${owner}.Entry`, {
    key: one.key === 'uint64' ? UINT64 : STRING,
    value: { ...one, label: 'one', key: null, choice: null },
  });
}

const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

/** The integer as a number, or why it is none of its type, in words. */
export function integerOf(kind: FieldType['kind'], value: bigint): number | string {
  const [lowest, highest] = RANGES[kind]!;
  if (value < lowest || value > highest) return `is ${value}, but goes from ${lowest} to ${highest}`;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : `is ${value}, which is beyond what can be counted exactly`;
}
