import {
  standingBlockers,
  type ArtifactCheckV1,
  type HostFacts,
  type Reason,
  type ReasonCode,
} from '@switchyard/core';
import { cudaHardware } from './cuda-hardware.ts';
import { cudaPredicate } from './cuda-predicate.ts';

/** Failures that say something of their own, whatever else is amiss. */
const OWN: readonly ReasonCode[] = ['native-conflict', 'package-missing', 'probe-crashed', 'probe-timeout'];

/**
 * The engine's own message names no library, no driver and no device node; what the facts show to be missing
 * does. Nodes that CUDA was expected to make count once it has failed.
 */
export function explainFailure(
  failure: Reason,
  host: HostFacts,
  artifacts: readonly ArtifactCheckV1[],
): Reason {
  if (OWN.includes(failure.code)) return failure;
  const hardware = cudaHardware(host);
  const [blocker] = standingBlockers(cudaPredicate(host).blockers, artifacts);
  const [note] = hardware.seen === 'yes' ? hardware.notes : [];
  const better = blocker ?? (note === undefined ? undefined : { ...note, code: 'hardware-absent' as const });
  if (better === undefined) return failure;
  return { ...better, evidence: [...better.evidence, { path: 'probe', value: failure.message }] };
}
