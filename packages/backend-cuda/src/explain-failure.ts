import type { Reason, ReasonCode } from '@switchyard/core';

/** Failures that say something of their own, whatever else is amiss. */
const OWN: readonly ReasonCode[] = ['native-conflict', 'package-missing', 'probe-crashed', 'probe-timeout'];

/** The engine's own message names no library and no driver; what the facts show to be missing does. */
export function explainFailure(failure: Reason, blocker: Reason | undefined): Reason {
  if (blocker === undefined || OWN.includes(failure.code)) return failure;
  return { ...blocker, evidence: [...blocker.evidence, { path: 'probe', value: failure.message }] };
}
