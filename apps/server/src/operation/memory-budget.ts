import { ProtocolError } from '@switchyard/open-inference';
import type { MemoryBudget } from './admission.ts';

/** Seconds after which memory may be free again: requests end within seconds where a server is not stuck. */
const RETRY_AFTER_SECONDS = 1;

/**
 * Memory for requests under way. One request alone is let in however large it is, because the limit on a
 * body is another one; otherwise a budget below that limit would refuse it for ever.
 *
 * @param limit bytes for all requests together
 */
export function createMemoryBudget(limit: number): MemoryBudget {
  let used = 0;
  return {
    take(bytes) {
      if (used > 0 && used + bytes > limit) {
        throw new ProtocolError(
          'exhausted',
          `memory for requests under way is used up: ${used} of ${limit} bytes, and ${bytes} more were needed`,
          { retryAfterSeconds: RETRY_AFTER_SECONDS },
        );
      }
      used += bytes;
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        used -= bytes;
      };
    },
    used: () => used,
  };
}
