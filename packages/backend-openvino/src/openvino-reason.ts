import type { Evidence, Reason, ReasonCode } from '@switchyard/core';

/** One reason, with its evidence and what to do about it. */
export function reason(
  code: ReasonCode,
  message: string,
  evidence: readonly Evidence[],
  remedy: string | null,
): Reason {
  return { code, message, evidence, remedy };
}

/** What an engine or the system said, as one line that can stand inside a sentence. */
export function saidText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '');
  return line === '' ? 'no message' : line;
}
