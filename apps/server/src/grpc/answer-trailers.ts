import { Metadata } from '@grpc/grpc-js';
import type { DeviceTruth } from '../execution/model-executor.ts';

const KNOWN = new WeakMap<DeviceTruth, Metadata>();

/**
 * Trailing metadata of an answer: `x-request-id`, and what really computed it as
 * `x-switchyard-backend`, `x-switchyard-device` and, where something that was preferred did not come to
 * be, `x-switchyard-fallback: true`, whose reason is in the model's metadata.
 */
export function answerTrailers(requestId: string, truth: DeviceTruth): Metadata {
  let known = KNOWN.get(truth);
  if (known === undefined) {
    known = new Metadata();
    known.set('x-switchyard-backend', printable(truth.backend));
    known.set('x-switchyard-device', printable(truth.device.id));
    if (truth.fallback !== null) known.set('x-switchyard-fallback', 'true');
    KNOWN.set(truth, known);
  }
  const trailers = known.clone();
  trailers.set('x-request-id', requestId);
  return trailers;
}

/** What a header can carry. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
