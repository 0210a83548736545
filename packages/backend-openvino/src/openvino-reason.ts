import { EngineError, type Evidence, type Reason, type ReasonCode } from '@switchyard/core';

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

/** An error of this backend's engine, with what the engine showed as evidence. */
export function engineError(
  code: ReasonCode,
  message: string,
  value: unknown,
  remedy: string,
  cause?: unknown,
): EngineError {
  const evidence = [{ path: 'openvino', value }];
  return new EngineError({ backend: 'openvino', reason: reason(code, message, evidence, remedy), cause });
}
