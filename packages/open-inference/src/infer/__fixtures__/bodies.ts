import { expect } from 'vitest';
import type { InferRequest } from '../../messages.ts';
import { ProtocolError } from '../../protocol-error.ts';
import { DEFAULT_CODEC_LIMITS } from '../codec-options.ts';
import { parseInferRequest } from '../parse-infer-request.ts';

/** Parses JSON, with blobs after it where there are any. */
export function parseText(
  json: string,
  blobs?: readonly (readonly number[])[],
  limits: Partial<typeof DEFAULT_CODEC_LIMITS> = {},
): InferRequest {
  const head = Buffer.from(json);
  const body = Buffer.concat([head, ...(blobs ?? []).map((blob) => Buffer.from(blob))]);
  return parseInferRequest(body, {
    headerLength: blobs === undefined ? null : head.length,
    limits: { ...DEFAULT_CODEC_LIMITS, ...limits },
    model: 'm',
  });
}

/** A request of one input `x` with `data` as written. */
export function oneInput(datatype: string, shape: string, data: string): string {
  return `{"inputs":[{"name":"x","datatype":"${datatype}","shape":${shape},"data":${data}}]}`;
}

/** Expects a refusal with exactly this text. */
export function expectRefusal(run: () => unknown, text: string, status = 400): void {
  let thrown: unknown = null;
  try {
    run();
  } catch (error) {
    thrown = error;
  }
  expect(ProtocolError.isInstance(thrown), String(thrown)).toBe(true);
  expect((thrown as ProtocolError).message).toBe(text);
  expect((thrown as ProtocolError).httpStatus).toBe(status);
}
