import type { Evidence, Reason, ReasonCode } from '@switchyard/core';

/** A reason with everything that the contract asks for. */
export function makeReason(
  code: ReasonCode,
  message: string,
  evidence: readonly Evidence[],
  remedy: string | null,
): Reason {
  return { code, message, evidence, remedy };
}
