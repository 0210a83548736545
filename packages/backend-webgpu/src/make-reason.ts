import type { Evidence, Reason, ReasonCode } from '@switchyard/core';

/** A reason in one line; evidence is given as path and value pairs. */
export function makeReason(
  code: ReasonCode,
  message: string,
  evidence: Readonly<Record<string, unknown>>,
  remedy: string | null,
): Reason {
  const facts: readonly Evidence[] = Object.entries(evidence).map(([path, value]) => ({ path, value }));
  return { code, message, evidence: facts, remedy };
}
