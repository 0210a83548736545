import { Metadata, status } from '@grpc/grpc-js';
import { ProtocolError } from '@switchyard/open-inference';

/** How a call ends. */
export interface CallStatus {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata | null;
}

/** Longer texts do not fit the headers that clients accept once they are percent-encoded. */
const LONGEST_DETAILS = 4096;

/**
 * The status of an error. The text of a `ProtocolError` passes unchanged; of anything else a client
 * learns nothing but that it happened. A refusal that is worth repeating says when in the trailing
 * metadata `retry-after` (seconds) and `grpc-retry-pushback-ms`, which clients with a retry policy obey.
 */
export function statusOf(error: unknown): CallStatus {
  if (!ProtocolError.isInstance(error)) {
    return { code: status.INTERNAL, details: 'The server met an error of its own.', metadata: null };
  }
  let metadata: Metadata | null = null;
  if (error.retryAfterSeconds !== null) {
    metadata = new Metadata();
    metadata.set('retry-after', String(error.retryAfterSeconds));
    metadata.set('grpc-retry-pushback-ms', String(Math.ceil(error.retryAfterSeconds * 1000)));
  }
  const code: unknown = error.grpcStatus;
  return { code: code as status, details: sendable(error.message), metadata };
}

/** What grpc-js can percent-encode: it throws out of reach at half of a surrogate pair. */
function sendable(text: string): string {
  const short = text.length > LONGEST_DETAILS ? `${text.slice(0, LONGEST_DETAILS)}…` : text;
  return short.toWellFormed();
}
