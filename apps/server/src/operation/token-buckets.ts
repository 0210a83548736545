import { LRUCache } from 'lru-cache';

/** How many requests are let in. */
export interface Rate {
  readonly perSecond: number;
  /** How many may come at once after a pause, 1 or more. */
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Addresses or keys that are remembered. A forgotten one starts with a full bucket, so a bound is safe. */
const MOST_BUCKETS = 65_536;

/** Buckets of tokens by name: one token per request, refilled at a rate. */
export interface TokenBuckets {
  /** Takes a token; 0 when there was one, otherwise the seconds until there is. */
  take(name: string, rate: Rate): number;
}

/**
 * Makes the buckets. They answer at once, where the well-known libraries give a promise per request,
 * which every request for inference would have to wait for.
 *
 * @param now milliseconds of a clock that only goes forward
 */
export function createTokenBuckets(now: () => number): TokenBuckets {
  const buckets = new LRUCache<string, Bucket>({ max: MOST_BUCKETS });
  return {
    take(name, { perSecond, burst }) {
      const at = now();
      let bucket = buckets.get(name);
      if (bucket === undefined) {
        bucket = { tokens: burst, at };
        buckets.set(name, bucket);
      }
      bucket.tokens = Math.min(burst, bucket.tokens + ((at - bucket.at) / 1000) * perSecond);
      bucket.at = at;
      if (bucket.tokens < 1) return (1 - bucket.tokens) / perSecond;
      bucket.tokens -= 1;
      return 0;
    },
  };
}
