import type { ArtifactCheckV1 } from '../backend/v1/backend-v1.ts';
import type { Reason } from '../backend/v1/reason-v1.ts';

/**
 * Blockers of a predicate that still stand once files were looked at: a look at the file itself knows
 * more than the facts about the machine, and what it settles is not said a second time.
 */
export function standingBlockers(
  blockers: readonly Reason[] | undefined,
  artifacts: readonly ArtifactCheckV1[] | undefined,
): readonly Reason[] {
  const settled = new Set((artifacts ?? []).flatMap(({ settles }) => settles ?? []));
  return (blockers ?? []).filter(({ code }) => !settled.has(code));
}
