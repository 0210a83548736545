import { timingSafeEqual } from 'node:crypto';
import { ProtocolError } from '@switchyard/open-inference';
import type { Gate, Principal, Scope } from './admission.ts';
import { hashKey, type StoredKey } from './api-keys.ts';
import { createTokenBuckets, type Rate } from './token-buckets.ts';

/** What a gate is made of. */
export interface GateOptions {
  /** `null` lets everybody in. */
  readonly keys: readonly StoredKey[] | null;
  /** Scopes that need no key. */
  readonly open: readonly Scope[];
  /** Of a key that has none of its own; `null` for no limit. */
  readonly ratePerKey: Rate | null;
  /** Of one address, whatever keys it has; `null` for no limit. */
  readonly ratePerAddress: Rate | null;
  /** (optional) Milliseconds of a clock that only goes forward. Default: `performance.now`. */
  readonly now?: () => number;
}

const ANONYMOUS: Principal = Object.freeze({ name: 'anonymous' });
const BEARER = /^bearer +(\S+) *$/i;

/**
 * Lets requests in by key, scope and rate. Probes of health are never limited: an orchestrator would end
 * a server that is only busy.
 */
export function createGate(options: GateOptions): Gate {
  const { keys, ratePerKey, ratePerAddress } = options;
  const open = new Set(options.open);
  const now = options.now ?? (() => performance.now());
  const addresses = createTokenBuckets(now);
  const names = createTokenBuckets(now);
  const principals = (keys ?? []).map((key) => ({
    key,
    principal: Object.freeze({ name: key.name }),
    scopes: new Set(key.scopes),
  }));

  return {
    admit(scope, credentials, address) {
      const limited = scope !== 'health';
      // Before the key is looked at, so that guessing keys is limited too.
      if (limited && ratePerAddress !== null) {
        refuseIfWaiting(addresses.take(address, ratePerAddress), 'this address');
      }
      if (keys === null || open.has(scope)) return ANONYMOUS;
      const presented = keyOf(credentials.authorization, credentials.apiKey);
      if (presented === null) {
        throw new ProtocolError(
          'unauthenticated',
          'an API key is needed: send `Authorization: Bearer KEY` or `X-API-Key: KEY`',
        );
      }
      const hash = hashKey(presented);
      let found: (typeof principals)[number] | undefined;
      // Every key is compared, in constant time each, so that the time tells nothing about where one stands.
      for (const candidate of principals) {
        if (timingSafeEqual(hash, candidate.key.hash)) found = candidate;
      }
      if (found === undefined) throw new ProtocolError('unauthenticated', 'the API key is not known here');
      if (!found.scopes.has(scope)) {
        throw new ProtocolError(
          'permission-denied',
          `the API key '${found.key.name}' does not have the scope '${scope}'`,
        );
      }
      const rate = found.key.rate ?? ratePerKey;
      if (limited && rate !== null) {
        refuseIfWaiting(names.take(found.key.name, rate), `the API key '${found.key.name}'`);
      }
      return found.principal;
    },
  };
}

function keyOf(authorization: string | undefined, apiKey: string | undefined): string | null {
  if (apiKey !== undefined && apiKey !== '') return apiKey;
  return BEARER.exec(authorization ?? '')?.[1] ?? null;
}

function refuseIfWaiting(seconds: number, who: string): void {
  if (seconds === 0) return;
  throw new ProtocolError('rate-limited', `too many requests from ${who}`, {
    retryAfterSeconds: Math.ceil(seconds),
  });
}
