import type { Evidence, Reason, ReasonCode } from '@switchyard/core';

export function makeReason(
  code: ReasonCode,
  message: string,
  evidence: readonly Evidence[],
  remedy: string | null,
): Reason {
  return { code, message, evidence, remedy };
}
