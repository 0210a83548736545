import type { ProtocolError } from '@switchyard/open-inference';
import { MethodNotAllowed } from './router.ts';

/** Headers that say what to do about a refusal. */
export function refusalHeaders(refusal: ProtocolError): string[] {
  const { problem, retryAfterSeconds } = refusal;
  const status = refusal.httpStatus;
  if (status === 503 || status === 429) {
    return ['Retry-After', String(Math.max(1, Math.ceil(retryAfterSeconds ?? 1)))];
  }
  if (problem === 'unauthenticated') return ['WWW-Authenticate', 'Bearer realm="switchyard"'];
  if (problem === 'unsupported-encoding') return ['Accept-Encoding', 'gzip, deflate'];
  if (refusal instanceof MethodNotAllowed) return ['Allow', refusal.allowed.join(', ')];
  return [];
}
