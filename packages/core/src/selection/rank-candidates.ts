import type { DeviceKind } from '../backend/v1/device-v1.ts';
import type { Candidate } from './candidate.ts';

/**
 * The published platform preference, a rule and no claim about speed: accelerators that need no
 * opt-in (`mps-coreml` on Apple silicon, `cuda` on NVIDIA), then accelerators that a person enabled,
 * then whatever computes on the CPU. Packages whose code was not run stand last.
 */
const GROUPS = { 'not-run': 0, cpu: 1, 'enabled-accelerator': 2, accelerator: 3 } as const;

/** Group of the preference that a backend belongs to, by its opt-in and the device it would use. */
export function groupOf(optIn: boolean | null, kind: DeviceKind | undefined): number {
  if (optIn === null) return GROUPS['not-run'];
  if (kind === undefined || kind === 'cpu') return GROUPS.cpu;
  return optIn ? GROUPS['enabled-accelerator'] : GROUPS.accelerator;
}

/** Orders candidates by preference and then by id; no other order reaches a result. */
export function compareCandidates(left: Candidate, right: Candidate): number {
  if (left.standing.group !== right.standing.group) return right.standing.group - left.standing.group;
  if (left.standing.rank !== right.standing.rank) return right.standing.rank - left.standing.rank;
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
}
