import type { CallScope } from './call-scope.ts';
import { InferenceClientError } from './client-error.ts';
import type { CallOptions } from './inference-client.ts';

/** When a call that may be made again is made again. */
export interface RetryOptions {
  /** How often at most; default 2. */
  readonly retries?: number;
  /** Milliseconds before the first time, doubled for each one after; default 100. */
  readonly backoffMs?: number;
  /** Most milliseconds to wait; a server that asks for more (`Retry-After`) gets no retry. Default 30,000. */
  readonly maxBackoffMs?: number;
}

/** {@link RetryOptions} with the defaults filled in. */
export type RetryPolicy = Required<RetryOptions>;

/** Fills in the defaults, a call's own word first. */
export function retryPolicy(client: RetryOptions, call: CallOptions): RetryPolicy {
  return {
    retries: call.retries ?? client.retries ?? 2,
    backoffMs: client.backoffMs ?? 100,
    maxBackoffMs: client.maxBackoffMs ?? 30_000,
  };
}

/**
 * Milliseconds to wait before retry number `retry` (0 is the first), or `null` where the server asks for
 * more than the policy waits. Half of the wait is chance, so that clients do not come back all at once;
 * never less than the server asks for.
 */
export function retryDelay(
  retry: number,
  retryAfterSeconds: number | null,
  policy: RetryPolicy,
  chance: number,
): number | null {
  const asked = (retryAfterSeconds ?? 0) * 1000;
  if (asked > policy.maxBackoffMs) return null;
  const backoff = Math.min(policy.maxBackoffMs, policy.backoffMs * 2 ** retry);
  return asked + backoff * (0.5 + chance / 2);
}

/** Makes a call until it succeeds, fails for good, or the policy or the call's time is at its end. */
export async function withRetries<Result>(
  policy: RetryPolicy,
  scope: CallScope,
  mayRepeat: (error: InferenceClientError) => boolean,
  attempt: () => Promise<Result>,
): Promise<Result> {
  for (let retry = 0; ; retry += 1) {
    try {
      return await attempt();
    } catch (error) {
      const ended = scope.ended();
      if (ended !== null) throw ended;
      if (!(error instanceof InferenceClientError) || retry >= policy.retries || !mayRepeat(error))
        throw error;
      const delay = retryDelay(retry, error.retryAfterSeconds, policy, Math.random());
      // An answer now says more than a deadline later.
      if (delay === null || delay >= scope.remainingMs()) throw error;
      await scope.wait(delay);
    }
  }
}
