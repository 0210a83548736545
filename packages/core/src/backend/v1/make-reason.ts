import type { ReasonCode } from '../../selection/reason-codes.ts';
import type { Evidence, Reason } from './reason-v1.ts';

/**
 * A reason in one call, for backends.
 *
 * @param message one sentence with a full stop
 * @param evidence what was observed: values by the path where they were seen, or a list that is there already
 * @param remedy what to type or do, or `null` where nobody can do anything
 */
export function makeReason(
  code: ReasonCode,
  message: string,
  evidence: Readonly<Record<string, unknown>> | readonly Evidence[],
  remedy: string | null,
): Reason {
  return { code, message, evidence: isList(evidence) ? evidence : listOf(evidence), remedy };
}

// `Array.isArray` does not tell a readonly array from the rest.
function isList(evidence: unknown): evidence is readonly Evidence[] {
  return Array.isArray(evidence);
}

function listOf(evidence: Readonly<Record<string, unknown>>): readonly Evidence[] {
  return Object.entries(evidence).map(([path, value]) => ({ path, value }));
}
