import { createHash } from 'node:crypto';

/** Version of the form of the files. Files of another version are left alone and count as not there. */
const STORE_SCHEMA = 1;

/** A file larger than this was not written by a store. */
export const MAX_ENTRY_BYTES: number = 1024 * 1024;

/** A kind becomes the name of a folder. */
const KIND = /^[a-z][a-z0-9-]{0,63}$/;

/** Names of the files of entries, without and with the part that a file has until it is complete. */
export const ENTRY_FILE: RegExp = /^[0-9a-f]{40}\.json$/;
export const UNFINISHED_FILE: RegExp = /^[0-9a-f]{40}\.json\.[0-9]+\.[0-9a-f]{12}\.tmp$/;

/** One thing that is remembered, as it stands in its file. */
export interface StoreEntry {
  readonly kind: string;
  readonly key: string;
  /** Milliseconds since 1970, UTC. */
  readonly recordedAt: number;
  readonly value: unknown;
}

/** Whether a text can be a kind: lower-case letters, digits and hyphens, because it names a folder. */
export function isKind(kind: string): boolean {
  return KIND.test(kind);
}

/** Name of the file of a key: a key may hold anything and be long, a file name may not. */
export function entryFile(key: string): string {
  return `${createHash('sha256').update(key).digest('hex').slice(0, 40)}.json`;
}

/** Text of the file. */
export function encodeEntry({ kind, key, recordedAt, value }: StoreEntry): string {
  return `${JSON.stringify({ schema: STORE_SCHEMA, kind, key, recordedAt, value })}\n`;
}

/** The entry that a text holds, or a phrase that says what is wrong with it. */
export function decodeEntry(text: string): StoreEntry | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  if (typeof parsed !== 'object' || parsed === null) return 'it is not an entry';
  const { schema, kind, key, recordedAt, value } = parsed as Readonly<Record<string, unknown>>;
  if (schema !== STORE_SCHEMA)
    return `its schema is ${JSON.stringify(schema) ?? 'missing'}, not ${STORE_SCHEMA}`;
  if (typeof kind !== 'string' || typeof key !== 'string') return 'it names no kind and key';
  if (typeof recordedAt !== 'number' || !Number.isFinite(recordedAt)) return 'it has no time';
  if (value === undefined) return 'it has no value';
  return { kind, key, recordedAt, value };
}
