import { errorText, type BackendSessionV1 } from '@switchyard/core';
import type { TrialClock } from './trial-clock.ts';

const GRACE_MS = 5000;

/** Closes a session that may hang or fail. @returns what went wrong, or `null` */
export async function closeSession(session: BackendSessionV1, clock: TrialClock): Promise<string | null> {
  const waiting = new AbortController();
  const late = clock.wait(GRACE_MS, waiting.signal).then(
    () => `The session on ${session.device.name} did not close within ${GRACE_MS / 1000} s.`,
    () => null,
  );
  const closed = session[Symbol.asyncDispose]().then(
    () => null,
    (error: unknown) => `The session on ${session.device.name} failed to close: ${errorText(error)}`,
  );
  try {
    return await Promise.race([closed, late]);
  } finally {
    waiting.abort();
  }
}
