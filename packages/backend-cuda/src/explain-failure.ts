import type { Reason } from '@switchyard/core';

/** The engine's own message names no library and no driver; what the facts show to be missing does. */
export function explainFailure(failure: Reason, blocker: Reason | undefined): Reason {
  if (blocker === undefined) return failure;
  if (failure.code !== 'probe-failed' && failure.code !== 'runtime-library-missing') return failure;
  return { ...blocker, evidence: [...blocker.evidence, { path: 'probe', value: failure.message }] };
}
