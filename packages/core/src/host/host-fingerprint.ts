import { createHash } from 'node:crypto';
import type { HostFacts } from './host-facts.ts';

const remembered = new WeakMap<HostFacts, string>();

/**
 * Sixteen hexadecimal digits that stand for the facts of a machine: SHA-256 over their JSON with sorted
 * keys, without `provenance`, so that a recorded machine and the machine itself have the same one.
 */
export function hostFingerprint(facts: HostFacts): string {
  const before = remembered.get(facts);
  if (before !== undefined) return before;
  const { provenance: _provenance, ...rest } = facts;
  const fingerprint = createHash('sha256').update(canonicalJson(rest)).digest('hex').slice(0, 16);
  // Facts that can still change must be looked at again.
  if (isFrozenThroughout(facts)) remembered.set(facts, fingerprint);
  return fingerprint;
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  );
}

function isFrozenThroughout(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every((member) => isFrozenThroughout(member));
}
