import type { DeviceTruth } from '../execution/model-executor.ts';
import { truthHeaders } from '../operation/truth-headers.ts';

const KNOWN: WeakMap<DeviceTruth, readonly string[]> = new WeakMap();

/** What computed an answer, as names and values in turns, which Node takes as they are. */
export function deviceHeaders(truth: DeviceTruth): readonly string[] {
  let known = KNOWN.get(truth);
  if (known === undefined) {
    known = truthHeaders(truth).flat();
    KNOWN.set(truth, known);
  }
  return known;
}
