import { createHash, randomBytes } from 'node:crypto';
import { SettingsError } from '@switchyard/core';
import type { Scope } from './admission.ts';
import type { Rate } from './token-buckets.ts';

/** Every scope, in the order of the reference. */
export const SCOPES: readonly Scope[] = Object.freeze(['health', 'metrics', 'infer', 'read', 'admin']);

/** A key as it is stored: nobody can get the key back from it. */
export interface StoredKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** SHA-256 of the key. */
  readonly hash: Buffer;
  /** `null` for the server's own rate. */
  readonly rate: Rate | null;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const HASH = /^sha256:([0-9a-f]{64})$/;
const RATE = /^rate=(\d+(?:\.\d+)?)(?:\/(\d+))?$/;
const KEY_BYTES = 32;

/**
 * SHA-256 of a key. Keys are 256 random bits, which nobody can try through, so a slow hash would protect
 * nothing and would let a client that sends wrong keys keep the server busy.
 */
export function hashKey(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
}

/** A new key, and the line of the keys file that stands for it. The key is told once and kept nowhere. */
export function createKey(
  name: string,
  scopes: readonly Scope[],
): { readonly key: string; readonly line: string } {
  const key = `sy_${randomBytes(KEY_BYTES).toString('base64url')}`;
  return { key, line: `${name} ${scopes.join(',')} sha256:${hashKey(key).toString('hex')}` };
}

/**
 * Name of a key, which logs show.
 *
 * @throws SettingsError `invalid-value`
 */
export function parseKeyName(name: string, source: string): string {
  if (NAME.test(name)) return name;
  throw new SettingsError('invalid-value', `${source} has the name ${JSON.stringify(name)}.`, {
    source,
    remedy: 'Write up to 64 letters, digits, `.`, `_` and `-`, with a letter or digit first.',
  });
}

/**
 * Scopes separated by commas.
 *
 * @throws SettingsError `invalid-value`
 */
export function parseScopes(text: string, source: string): readonly Scope[] {
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !SCOPES.includes(word as Scope));
  if (unknown === undefined) return [...new Set(words as Scope[])];
  throw new SettingsError('invalid-value', `${source} has the scope ${JSON.stringify(unknown)}.`, {
    source,
    remedy: `Write some of ${SCOPES.join(', ')}, separated by commas.`,
  });
}

/**
 * Reads a keys file: one key per line as `NAME SCOPES sha256:HEX [rate=PER_SECOND[/BURST]]`; empty lines
 * and lines that begin with `#` are left out.
 *
 * @param file path as the reader knows it, for messages
 * @throws SettingsError `config-malformed` with file and line; nothing of a line is repeated in a message
 */
export function parseKeys(text: string, file: string): readonly StoredKey[] {
  const keys: StoredKey[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const words = line.trim().split(/\s+/);
    if (words[0] === '' || words[0]!.startsWith('#')) continue;
    const place = `${file}:${index + 1}`;
    const [name, scopes, hash, rate, ...rest] = words;
    const hex = HASH.exec(hash ?? '')?.[1];
    const figures = rate === undefined ? null : RATE.exec(rate);
    // A key itself may have been pasted here by mistake, so a message must not show what it found.
    if (hex === undefined || rest.length > 0 || (rate !== undefined && figures === null)) {
      throw new SettingsError('config-malformed', `The keys file at ${place} cannot be understood.`, {
        source: place,
        remedy: 'Write `NAME SCOPES sha256:HEX`, as `switchyard-server keys create` prints it.',
      });
    }
    const key: StoredKey = {
      name: parseKeyName(name!, `The keys file at ${place}`),
      scopes: parseScopes(scopes!, `The keys file at ${place}`),
      hash: Buffer.from(hex, 'hex'),
      rate: figures === null ? null : rateOf(Number(figures[1]), figures[2], place),
    };
    if (keys.some((other) => other.name === key.name)) {
      throw new SettingsError(
        'config-malformed',
        `The keys file at ${place} has a second key named \`${key.name}\`.`,
        { source: place, remedy: 'Give every key a name of its own.' },
      );
    }
    keys.push(key);
  }
  if (keys.length === 0) {
    throw new SettingsError(
      'config-malformed',
      `The keys file \`${file}\` has no key, so nobody could ask anything.`,
      {
        source: file,
        remedy: 'Add a line of `switchyard-server keys create`, or leave out `--keys`.',
      },
    );
  }
  return keys;
}

function rateOf(perSecond: number, burst: string | undefined, place: string): Rate {
  const rate = { perSecond, burst: burst === undefined ? Math.max(1, Math.ceil(perSecond)) : Number(burst) };
  if (rate.perSecond > 0 && rate.burst >= 1) return rate;
  throw new SettingsError('config-malformed', `The keys file at ${place} has a rate that lets nothing in.`, {
    source: place,
    remedy: 'Write more than 0 requests per second and a burst of 1 or more, as in `rate=50/100`.',
  });
}
