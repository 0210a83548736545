import { Metadata } from '@grpc/grpc-js';
import type { DeviceTruth } from '../execution/model-executor.ts';
import { REQUEST_ID_HEADER, truthHeaders } from '../operation/truth-headers.ts';

const KNOWN = new WeakMap<DeviceTruth, Metadata>();

/** Trailing metadata of an answer: its request id, and what really computed it, as the headers of REST. */
export function answerTrailers(requestId: string, truth: DeviceTruth): Metadata {
  let known = KNOWN.get(truth);
  if (known === undefined) {
    known = new Metadata();
    for (const [name, value] of truthHeaders(truth)) known.set(name, value);
    KNOWN.set(truth, known);
  }
  const trailers = known.clone();
  trailers.set(REQUEST_ID_HEADER, requestId);
  return trailers;
}
