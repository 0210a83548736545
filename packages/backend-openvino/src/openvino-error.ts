import { EngineError, makeReason, type ReasonCode } from '@switchyard/core';

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
  const reason = makeReason(code, message, { openvino: value }, remedy);
  return new EngineError({ backend: 'openvino', reason, cause });
}
