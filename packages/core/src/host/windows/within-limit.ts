import { setTimeout as delay } from 'node:timers/promises';
import { reasonOf } from '../fact.ts';

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: string };

/** What a call answers within `limitMs` milliseconds, or why it did not. What the call started is not ended. */
export async function withinLimit<T>(
  name: string,
  limitMs: number,
  call: () => Promise<T>,
): Promise<Answer<T>> {
  const timer = new AbortController();
  const late = delay(limitMs, undefined, { signal: timer.signal }).then(
    (): Answer<T> => ({ ok: false, why: `\`${name}\` did not answer within ${limitMs} ms` }),
    // Only `abort` below ends the wait early, and then nobody looks at this answer.
    (): Answer<T> => ({ ok: false, why: `\`${name}\` was not waited for` }),
  );
  try {
    return await Promise.race([call().then((value): Answer<T> => ({ ok: true, value })), late]);
  } catch (error) {
    return { ok: false, why: `\`${name}\` failed: ${reasonOf(error)}` };
  } finally {
    timer.abort();
  }
}
